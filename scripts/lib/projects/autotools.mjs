/** Autoconf, Automake and Libtool for a machine that has none: Debian's, beside the machine's own Perl. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheDirectory } from '../cache-dir.mjs';
import { unpackPackages } from '../deb-unpack.mjs';
import { SetupError } from '../main.mjs';
import { moveAll } from '../nix-unpack.mjs';
import { which } from '../run.mjs';
import { makeWholeDirectory } from '../whole-directory.mjs';

/** The stable suite that the sources are of, so that it is recent enough for them. */
const suite = 'trixie';

/**
 * @param {{ signal: AbortSignal, say: (line: string) => void }} options
 * @returns {Promise<string | undefined>} the directory to put in front of the PATH; undefined if it has all of them
 */
export async function ensureAutotools({ signal, say }) {
  // One release of each, that know each other: not the machine's own of one and Debian's of another.
  if (['autoreconf', 'automake', 'libtoolize', 'm4'].every((program) => which(program) !== undefined)) return undefined;
  if (which('perl') === undefined) {
    throw new SetupError('unsupported', 'perl, for Autotools, not found; try: apt-get install perl');
  }
  const prefix = resolve(cacheDirectory(), 'autotools', suite);
  if (/[^\w./+@-]/.test(prefix)) {
    // They call each other by a shell, and unquoted.
    throw new SetupError('unsupported', `${prefix} has a character in it that Autotools cannot stand`);
  }
  const programs = join(prefix, 'bin');
  const isThere = () => existsSync(join(programs, 'autoreconf'));
  if (!isThere()) {
    say(`Autotools: fetching Debian's (${suite}) into ${prefix}, once`);
    await makeWholeDirectory(prefix, (directory) => fill({ directory, prefix, signal, say }), isThere);
  }
  return programs;
}

/** @param {{ directory: string, prefix: string, signal: AbortSignal, say: (line: string) => void }} options */
async function fill({ directory, prefix, signal, say }) {
  const work = join(directory, 'work');
  const unpacked = await unpackPackages({
    what: 'Autotools',
    work,
    suite,
    packages: ['m4'],
    // What these depend on is a compiler and Perl, which are the machine's.
    without: ['autoconf', 'automake', 'autotools-dev', 'libtool'],
    signal,
    say,
  });
  const share = join(directory, 'share');
  const programs = join(directory, 'bin');
  moveAll(join(unpacked.root, unpacked.libraries), join(directory, 'lib'), (name) => /\.so(\.|$)/.test(name));
  moveAll(join(unpacked.root, 'usr/share'), share, (name) => /^(aclocal|autoconf|automake|libtool|misc)/.test(name));
  moveAll(join(unpacked.root, 'usr/bin'), programs, (name) => !name.startsWith('dh_'));
  const loader = unpacked.loader.replace(unpacked.libraries, 'lib');
  rmSync(work, { recursive: true });

  // The one program that is not a script is for a newer libc than the machine's.
  mkdirSync(join(directory, 'libexec'));
  renameSync(join(programs, 'm4'), join(directory, 'libexec/m4'));
  for (const file of scripts(directory)) relocate(file, prefix);
  const start = [join(prefix, loader), '--library-path', join(prefix, 'lib'), join(prefix, 'libexec/m4')].join(' ');
  writeFileSync(join(programs, 'm4'), `#!/bin/sh\nexec ${start} "$@"\n`);
  chmodSync(join(programs, 'm4'), 0o755);
  for (const name of readdirSync(programs)) {
    // Debian leaves it to the system which of several versions has the plain name.
    const [, plain] = /^(aclocal|automake)-[\d.]+$/.exec(name) ?? [];
    if (plain !== undefined) symlinkSync(name, join(programs, plain));
  }
  // Macros of what else the machine has, such as pkg-config's.
  writeFileSync(join(share, 'aclocal/dirlist'), '/usr/share/aclocal\n');
}

/**
 * All that says where the others lie.
 *
 * @param {string} directory
 */
function scripts(directory) {
  const shared = readdirSync(join(directory, 'share'));
  const configurations = shared.flatMap((name) =>
    ['autom4te.cfg', 'Automake/Config.pm'].map((file) => join(directory, 'share', name, file)).filter(existsSync),
  );
  const programs = readdirSync(join(directory, 'bin')).map((name) => join(directory, 'bin', name));
  return [...programs, ...configurations].filter((file) => lstatSync(file).isFile());
}

/**
 * Where each looks is written into it, all in text. Variables of the environment would do for most of it, not for all.
 *
 * @param {string} file
 * @param {string} prefix
 */
function relocate(file, prefix) {
  const text = readFileSync(file, 'latin1');
  const ours = /(?<=["'])\/usr\/(?=(share\/(aclocal|autoconf|automake|libtool)|bin\/(auto\w+|m4))\b)/g;
  writeFileSync(file, text.replace(ours, `${prefix}/`), 'latin1');
}
