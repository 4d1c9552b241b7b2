import { mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { openApt } from './apt.mjs';
import { seconds, SetupError } from './main.mjs';
import { mustRun } from './run.mjs';

/** Debian's name of an architecture → the directory of its libraries, and the program loader in there. */
const platforms = new Map([
  ['amd64', { triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' }],
  ['arm64', { triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' }],
]);

/**
 * @typedef {object} Unpacked
 * @property {string} root the packages' files, as they would lie in `/`
 * @property {string} libraries where the libraries are in there, relative
 * @property {string} loader what starts programs, in there too: they are for a newer libc than the machine's
 * @property {(program: string, args: readonly string[]) => Promise<string>} run a program of `usr/bin`; its stdout
 */

/**
 * Unpacks packages of a Debian suite and all that they depend on, down to libc; `without` are more packages, taken
 * without what they depend on.
 *
 * @param {object} options
 * @param {string} options.what what it is for, in words
 * @param {string} options.work the caller's, to be removed afterwards
 * @param {string} options.suite
 * @param {readonly string[]} options.packages
 * @param {readonly string[]} [options.without]
 * @param {AbortSignal} options.signal
 * @param {(line: string) => void} options.say
 * @returns {Promise<Unpacked>}
 */
export async function unpackPackages({ what, work, suite, packages, without = [], signal, say }) {
  let start = performance.now();
  const done = (/** @type {string} */ step) => {
    say(`  ${step}: ${seconds(start)}`);
    start = performance.now();
  };
  const root = join(work, 'root');
  mkdirSync(root, { recursive: true });

  const apt = await openApt({ directory: join(work, 'apt'), suite, types: 'deb', signal });
  const platform = platforms.get(apt.architecture);
  if (platform === undefined) {
    const known = [...platforms.keys()].join(' and ');
    throw new SetupError(
      'unsupported',
      `a private ${what} is for ${known}, this machine is ${apt.architecture}; install it yourself`,
    );
  }
  done('index read');

  await apt.get(['--download-only', 'install', ...packages]);
  if (without.length > 0) await apt.get(['download', ...without], apt.archives);
  const archives = readdirSync(apt.archives).filter((name) => name.endsWith('.deb'));
  done(`${archives.length} packages downloaded`);

  await inParallel(archives, async (name) => {
    await mustRun('dpkg-deb', ['-x', join(apt.archives, name), root], { signal });
  });
  done('unpacked');

  const libraries = join('usr/lib', platform.triplet);
  const loader = join(libraries, platform.loader);
  return {
    root,
    libraries,
    loader,
    run: (program, args) =>
      mustRun(join(root, loader), ['--library-path', join(root, libraries), join(root, 'usr/bin', program), ...args], {
        signal,
      }),
  };
}

/**
 * Settles only once nothing is under way any more, failed or not.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<void>} each
 */
async function inParallel(items, each) {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await each(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
