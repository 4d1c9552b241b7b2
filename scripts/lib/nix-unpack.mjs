import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackPackages } from './deb-unpack.mjs';
import { SetupError } from './main.mjs';

/**
 * Fills `directory` with a Nix that will run once the directory is called `prefix`: `bin/` has Nix's names and no
 * others, `etc/nix/` is its NIX_CONF_DIR, `usr/` is what they need. Returns Nix's version.
 *
 * @param {{ directory: string, prefix: string, suite: string, signal: AbortSignal, say: (line: string) => void }} options
 */
export async function fillPrefix({ directory, prefix, suite, signal, say }) {
  const work = join(directory, 'work');
  const packages = ['nix-bin', 'bash-static', 'patchelf'];
  const unpacked = await unpackPackages({ what: 'Nix', work, suite, packages, signal, say });
  const { root, libraries, loader, run } = unpacked;
  const version = /(\d+\.\d+\S*)\s*$/.exec(await run('nix', ['--version']))?.[1];
  if (version === undefined) throw new SetupError('failed', `Debian's Nix (${suite}) does not run on this machine`);

  // RPATH, not RUNPATH, so that the libraries' own libraries are looked for there too.
  const rpath = ['--force-rpath', '--set-rpath', join(prefix, libraries)];
  await run('patchelf', ['--set-interpreter', join(prefix, loader), ...rpath, join(root, 'usr/bin/nix')]);

  moveAll(join(root, libraries), join(directory, libraries), (name) => /\.so(\.|$)/.test(name));
  moveAll(join(root, 'usr/bin'), join(directory, 'usr/bin'), (name) => isNix(name) || name === 'bash-static');
  moveAll(join(root, 'usr/libexec'), join(directory, 'usr/libexec'), (name) => name === 'nix');
  linkPrograms(directory);
  writeConfiguration(directory, prefix);
  // 100 MB: the packages, the index, and what of the packages Nix does without (perl, manuals, tools).
  rmSync(work, { recursive: true });
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
export function moveAll(from, to, wanted) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter(wanted)) renameSync(join(from, name), join(to, name));
}
