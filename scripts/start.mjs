/**
 * From a fresh clone to a running watcher.
 *
 *     npm start [-- DIR [option…]]
 *
 * DIR is the project to watch, fixtures/hello without one. Options are those of `makenix watch`; without them it uses
 * the machine's own compiler and a private store, which needs no root and leaves the system's /nix alone.
 */
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { main, seconds } from './lib/main.mjs';
import { ensureNix } from './lib/nix-prefix.mjs';
import { checkCompiler, checkNode, compile, installPackages, repository } from './lib/prepare.mjs';

const begun = performance.now();
const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

/**
 * @param {readonly string[]} args of `npm start --`
 * @returns {string[]} of makenix
 */
function watchArguments(args) {
  const [first] = args;
  const named = first !== undefined && !first.startsWith('-');
  const options = named ? args.slice(1) : args;
  const end = options.indexOf('--');
  const own = end === -1 ? options : options.slice(0, end);
  const has = (/** @type {string} */ name) => own.some((option) => option === name || option.startsWith(`${name}=`));
  const defaults = [];
  if (named || !has('-C')) {
    // npm runs scripts in the repository, wherever it was called.
    const directory = named ? resolve(process.env.INIT_CWD ?? '.', first) : join(repository, 'fixtures/hello');
    defaults.push('-C', relative(process.cwd(), directory) || '.');
  }
  if (!has('--toolchain')) defaults.push('--toolchain', 'host');
  if (!has('--store')) defaults.push('--store', 'private');
  return ['watch', ...defaults, ...options];
}

const makenix = join(repository, 'bin/makenix.js');
const code = await main(async (signal) => {
  checkNode();
  checkCompiler(['gcc']);
  await installPackages({ signal, say });
  await compile({ signal, say });
  const nix = await ensureNix({ version: 'any', signal, say });
  Object.assign(process.env, nix.env);
  const args = watchArguments(process.argv.slice(2));
  say(`Nix ${nix.version}, ready in ${seconds(begun)}: makenix ${args.join(' ')}`);
  process.argv = [process.execPath, makenix, ...args];
  return 0;
});

// In this very process: so Ctrl-C, the terminal and the exit code are makenix's own, and nothing has to be passed on.
if (code === 0) await import(pathToFileURL(makenix).href);
