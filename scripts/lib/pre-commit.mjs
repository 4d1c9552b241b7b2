/**
 * The pre-commit framework (https://pre-commit.com) for a machine that has none, and may have no Python either: Debian's,
 * unpacked into a private prefix with the Python it is for. The system is not touched, and root is not needed.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheDirectory } from './cache-dir.mjs';
import { unpackPackages } from './deb-unpack.mjs';
import { seconds, SetupError } from './main.mjs';
import { moveAll } from './nix-unpack.mjs';
import { which } from './run.mjs';
import { makeWholeDirectory } from './whole-directory.mjs';

/** A stable suite: the framework is tested with, and is not itself what is tested. */
const suite = 'trixie';

/** Goes up when prefixes of before will no longer do. */
const layout = 1;

/**
 * The program: the one on PATH, otherwise a private one. Does no work where that has been done before.
 *
 * @param {{ signal: AbortSignal, say: (line: string) => void }} options
 * @returns {Promise<string>} its absolute path
 */
export async function ensurePreCommit({ signal, say }) {
  const onPath = which('pre-commit');
  if (onPath !== undefined) return onPath;
  const prefix = resolve(cacheDirectory(), 'pre-commit', suite);
  const program = join(prefix, 'bin/pre-commit');
  if (isInstalled(prefix)) return program;
  const start = performance.now();
  say(`pre-commit: fetching Debian's (${suite}) into ${prefix}, once`);
  await makeWholeDirectory(
    prefix,
    (directory) => fill({ directory, prefix, signal, say }),
    () => isInstalled(prefix),
  ).catch((/** @type {unknown} */ error) => {
    if (!(error instanceof SetupError) || error.kind !== 'unsupported') throw error;
    throw new SetupError('unsupported', `pre-commit is not on the PATH, and this machine cannot fetch Debian's`);
  });
  say(`pre-commit: done in ${seconds(start)}`);
  return program;
}

/** @param {string} prefix */
const markerFile = (prefix) => join(prefix, 'makenix.json');

/** @param {string} prefix */
function isInstalled(prefix) {
  if (!existsSync(markerFile(prefix))) return false;
  const marker = /** @type {{ layout: number, prefix: string }} */ (
    JSON.parse(readFileSync(markerFile(prefix), 'utf8'))
  );
  // A prefix that was moved does not run: Python names its loader by absolute path.
  return marker.layout === layout && marker.prefix === prefix;
}

/** @param {{ directory: string, prefix: string, signal: AbortSignal, say: (line: string) => void }} options */
async function fill({ directory, prefix, signal, say }) {
  const work = join(directory, 'work');
  const { root, libraries, loader, run } = await unpackPackages({
    what: 'pre-commit',
    work,
    suite,
    packages: ['python3', 'python3-cfgv', 'python3-identify', 'python3-virtualenv', 'python3-yaml'],
    // nodeenv depends on a compiler, for Nodes it builds itself: 80 MB, and the machine's Node is what is wanted.
    without: ['pre-commit', 'nodeenv'],
    signal,
    say,
  });
  const version = /^Python (\d+\.\d+)/.exec(await run('python3', ['--version']))?.[1];
  if (version === undefined) throw new SetupError('failed', `Debian's Python (${suite}) does not run on this machine`);
  const python = `python${version}`;

  moveAll(join(root, libraries), join(directory, libraries), (name) => /\.so(\.|$)/.test(name));
  moveAll(join(root, 'usr/lib'), join(directory, 'usr/lib'), (name) => name.startsWith('python3'));
  moveAll(join(root, 'usr/bin'), join(directory, 'usr/bin'), (name) => name === python);
  moveAll(join(root, 'usr/share'), join(directory, 'usr/share'), (name) => name.startsWith('python-wheels'));
  rmSync(work, { recursive: true });

  const at = (/** @type {string} */ path) => `'${join(prefix, path).replaceAll("'", `'\\''`)}'`;
  // Through the loader that came with it, since it is for a newer libc than the machine's; patched as Nix is, this one
  // crashes. By `argv[0]` it finds its modules, and itself where it starts another.
  const argv0 = at('usr/bin/python3');
  const start = `exec ${at(loader)} --library-path ${at(libraries)} --argv0 ${argv0} ${at(`usr/bin/${python}`)} "$@"`;
  writeScript(join(directory, 'usr/bin/python3'), start);
  mkdirSync(join(directory, 'bin'));
  // `-I`: no modules of the user's, nor any from the working directory.
  writeScript(join(directory, 'bin/pre-commit'), `exec ${argv0} -I -m pre_commit "$@"`);
  writeFileSync(markerFile(directory), `${JSON.stringify({ layout, prefix, suite })}\n`);
}

/**
 * @param {string} file
 * @param {string} command
 */
function writeScript(file, command) {
  writeFileSync(file, `#!/bin/sh\n${command}\n`);
  chmodSync(file, 0o755);
}
