/**
 * From a fresh clone to a running watcher.
 *
 *     npm start [-- DIR [option…]]
 *
 * DIR is the project to watch, fixtures/hello without one. Options are those of `makenix watch`; without them it uses
 * the machine's own compiler and a private store, which needs no root and leaves the system's /nix alone.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { main, seconds } from './lib/main.mjs';
import { ensureNix } from './lib/nix-prefix.mjs';
import { checkCompiler, checkNode, compile, installPackages, repository } from './lib/prepare.mjs';
import { watchArguments } from './lib/watch-arguments.mjs';

const begun = performance.now();
const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

const makenix = join(repository, 'bin/makenix.js');
const code = await main(async (signal) => {
  checkNode();
  checkCompiler(['gcc']);
  await installPackages({ signal, say });
  await compile({ signal, say });
  const nix = await ensureNix({ version: 'any', signal, say });
  Object.assign(process.env, nix.env);
  const args = watchArguments(process.argv.slice(2), {
    current: process.cwd(),
    // npm runs scripts in the repository, wherever it was called.
    invoked: process.env.INIT_CWD ?? process.cwd(),
    example: join(repository, 'fixtures/hello'),
  });
  say(`Nix ${nix.version}, ready in ${seconds(begun)}: makenix ${args.join(' ')}`);
  process.argv = [process.execPath, makenix, ...args];
  return 0;
});

// In this very process: so Ctrl-C, the terminal and the exit code are makenix's own, and nothing has to be passed on.
if (code === 0) await import(pathToFileURL(makenix).href);
