import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
 * Fills `directory` with a Nix that will run once the directory is called `prefix`: `bin/` has Nix's names and no
 * others, `etc/nix/` is its NIX_CONF_DIR, `usr/` is what they need. Returns Nix's version.
 *
 * @param {{ directory: string, prefix: string, suite: string, signal: AbortSignal, say: (line: string) => void }} options
 */
export async function fillPrefix({ directory, prefix, suite, signal, say }) {
  let start = performance.now();
  const done = (/** @type {string} */ what) => {
    say(`  ${what}: ${seconds(start)}`);
    start = performance.now();
  };
  const work = join(directory, 'work');
  const root = join(work, 'root');
  mkdirSync(root, { recursive: true });

  const apt = await openApt({ directory: join(work, 'apt'), suite, types: 'deb', signal });
  const platform = platforms.get(apt.architecture);
  if (platform === undefined) {
    const known = [...platforms.keys()].join(' and ');
    const remedy = 'install Nix from https://nixos.org/download';
    throw new SetupError(
      'unsupported',
      `a private Nix is for ${known}, this machine is ${apt.architecture}; ${remedy}`,
    );
  }
  done('index read');

  await apt.get(['--download-only', 'install', 'nix-bin', 'bash-static', 'patchelf']);
  const packages = readdirSync(apt.archives).filter((name) => name.endsWith('.deb'));
  done(`${packages.length} packages downloaded`);

  await inParallel(packages, async (name) => {
    await mustRun('dpkg-deb', ['-x', join(apt.archives, name), root], { signal });
  });
  const libraries = join('usr/lib', platform.triplet);
  // The programs are for a newer libc than the machine's, so they start through the loader that came with them.
  const through = (/** @type {string} */ program, /** @type {string[]} */ args) =>
    mustRun(
      join(root, libraries, platform.loader),
      ['--library-path', join(root, libraries), join(root, 'usr/bin', program), ...args],
      { signal },
    );
  const version = /(\d+\.\d+\S*)\s*$/.exec(await through('nix', ['--version']))?.[1];
  if (version === undefined) throw new SetupError('failed', `Debian's Nix (${suite}) does not run on this machine`);

  const interpreter = join(prefix, libraries, platform.loader);
  // RPATH, not RUNPATH, so that the libraries' own libraries are looked for there too.
  const rpath = ['--force-rpath', '--set-rpath', join(prefix, libraries)];
  await through('patchelf', ['--set-interpreter', interpreter, ...rpath, join(root, 'usr/bin/nix')]);

  moveAll(join(root, libraries), join(directory, libraries), (name) => /\.so(\.|$)/.test(name));
  moveAll(join(root, 'usr/bin'), join(directory, 'usr/bin'), (name) => isNix(name) || name === 'bash-static');
  moveAll(join(root, 'usr/libexec'), join(directory, 'usr/libexec'), (name) => name === 'nix');
  linkPrograms(directory);
  writeConfiguration(directory, prefix);
  // 100 MB: the packages, the index, and what of the packages Nix does without (perl, manuals, tools).
  rmSync(work, { recursive: true });
  done('unpacked');
  return version;
}

/** @param {string} name */
const isNix = (name) => name === 'nix' || name.startsWith('nix-');

/**
 * On PATH goes this directory, and not usr/bin with Debian's own names.
 *
 * @param {string} directory
 */
function linkPrograms(directory) {
  const programs = join(directory, 'bin');
  mkdirSync(programs);
  for (const name of readdirSync(join(directory, 'usr/bin')).filter(isNix)) {
    symlinkSync(`../usr/bin/${name}`, join(programs, name));
  }
}

/**
 * @param {string} directory
 * @param {string} prefix
 */
function writeConfiguration(directory, prefix) {
  mkdirSync(join(directory, 'etc/nix'), { recursive: true });
  writeFileSync(
    join(directory, 'etc/nix/nix.conf'),
    `# What this Nix needs because it is in a prefix, and nothing else; everything else is its user's to say.
#
# Debian's Nix takes /usr/bin/bash-static for the sandbox's /bin/sh. Here that program is in the prefix.
# Whoever needs more paths in the sandbox says extra-sandbox-paths, which adds to these.
sandbox-paths = /bin/sh=${prefix}/usr/bin/bash-static
`,
  );
}

/**
 * @param {string} from
 * @param {string} to
 * @param {(name: string) => boolean} wanted
 */
function moveAll(from, to, wanted) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter(wanted)) renameSync(join(from, name), join(to, name));
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
