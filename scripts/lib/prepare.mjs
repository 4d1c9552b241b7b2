/** From a fresh clone to something that runs; each step does nothing where nothing is to do. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seconds, SetupError } from './main.mjs';
import { bundleDynamic, bundleProgram } from './bundle.mjs';
import { run, which } from './run.mjs';

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @typedef {object} Preparation
 * @property {AbortSignal} signal
 * @property {(line: string) => void} say told about each step that takes time
 */

/** As in package.json's `engines`; 20.19 is the first 20 that loads ES modules through `require`, which tools here do. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError('unsupported', `makenix needs Node 20.19 or later; this is ${process.versions.node}`);
}

/** @param {readonly ('gcc' | 'g++')[]} programs */
export function checkCompiler(programs) {
  const missing = programs.filter((program) => which(program) === undefined);
  // Debian's gcc only recommends the C library's headers.
  const headers = existsSync('/etc/debian_version') && !existsSync('/usr/include/stdio.h') ? ['the C headers'] : [];
  const what = [...missing, ...headers].join(' and ');
  if (what === '') return;
  throw new SetupError('unsupported', `${what} not found; try: apt-get install ${programs.join(' ')} libc6-dev`);
}

/**
 * `npm ci` where node_modules/ is missing, was left half made, or is older than the lock file.
 *
 * @param {Preparation} preparation
 */
export async function installPackages({ signal, say }) {
  // npm writes this one last.
  const installed = modified(join(repository, 'node_modules/.package-lock.json'));
  if (installed >= modified(join(repository, 'package-lock.json'))) return;
  const start = performance.now();
  say('npm ci: installing packages');
  const { code, output } = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    signal,
    cwd: repository,
  });
  if (code !== 0) throw new SetupError('failed', `npm ci failed:\n${output}`);
  say(`npm ci: done in ${seconds(start)}`);
}

/**
 * Compiles src/ to dist/ where anything in src/ is newer, what dynamic mode puts into projects included.
 *
 * @param {Preparation} preparation
 */
export async function compile({ signal, say }) {
  const cache = join(repository, 'node_modules/.cache/makenix');
  const stamp = join(cache, 'compiled');
  const newest = Math.max(
    newestIn(join(repository, 'src')),
    ...['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => modified(join(repository, name))),
  );
  const dist = join(repository, 'dist');
  if (existsSync(dist) && modified(stamp) > newest) return;

  const begun = new Date();
  const start = performance.now();
  say('tsc: compiling makenix');
  // tsc remembers what it wrote, and does not look whether it is still there.
  if (!existsSync(dist)) rmSync(join(cache, 'tsbuildinfo'), { force: true });
  const tsc = join(repository, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', 'tsconfig.build.json', '--pretty', 'false'];
  const { code, output } = await run(process.execPath, args, { signal, cwd: repository });
  if (code !== 0) throw new SetupError('failed', `makenix does not compile:\n${output}`);
  await Promise.all([bundleProgram(repository), bundleDynamic(repository)]);
  mkdirSync(cache, { recursive: true });
  writeFileSync(stamp, '');
  // The time of the beginning: an edit made meanwhile counts as newer.
  utimesSync(stamp, begun, begun);
  say(`tsc: done in ${seconds(start)}`);
}

/**
 * @param {string} file
 * @returns {number} milliseconds since the epoch; long ago where there is no such file
 */
const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/**
 * The newest of what is compiled, so not of tests. Directories count too, since a removed file shows only there.
 *
 * @param {string} directory
 * @returns {number}
 */
function newestIn(directory) {
  let newest = modified(directory);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name.endsWith('.test.ts')) continue;
    const path = join(directory, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : modified(path));
  }
  return newest;
}
