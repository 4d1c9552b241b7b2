/** Meson for a machine that has none: Debian's, which is Python alone, unpacked beside the machine's own Python. */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openApt } from '../apt.mjs';
import { cacheDirectory } from '../cache-dir.mjs';
import { SetupError } from '../main.mjs';
import { mustRun, which } from '../run.mjs';
import { makeWholeDirectory } from '../whole-directory.mjs';

/** The stable suite that the sources are of, so that it is recent enough for them. */
const suite = 'trixie';

/**
 * @param {{ signal: AbortSignal, say: (line: string) => void }} options
 * @returns {Promise<string | undefined>} the directory to put in front of the PATH; undefined if it has a Meson
 */
export async function ensureMeson({ signal, say }) {
  if (which('meson') !== undefined) return undefined;
  if (which('python3') === undefined) {
    throw new SetupError('unsupported', 'python3, for Meson, not found; try: apt-get install python3');
  }
  const prefix = resolve(cacheDirectory(), 'meson', suite);
  const programs = join(prefix, 'bin');
  const isThere = () => existsSync(join(programs, 'meson'));
  if (!isThere()) {
    say(`Meson: fetching Debian's (${suite}) into ${prefix}, once`);
    await makeWholeDirectory(prefix, (directory) => fill({ directory, prefix, signal }), isThere);
  }
  return programs;
}

/** @param {{ directory: string, prefix: string, signal: AbortSignal }} options */
async function fill({ directory, prefix, signal }) {
  const work = join(directory, 'work');
  const root = join(work, 'root');
  mkdirSync(root, { recursive: true });
  const apt = await openApt({ directory: join(work, 'apt'), suite, types: 'deb', signal });
  await apt.get(['download', 'meson'], work);
  const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new SetupError('failed', `Debian (${suite}) gave no package for Meson`);
  await mustRun('dpkg-deb', ['-x', join(work, archive), root], { signal });

  // What stands beside its modules finds them by itself, whatever the machine's Python looks for.
  mkdirSync(join(directory, 'lib'));
  renameSync(join(root, 'usr/lib/python3/dist-packages/mesonbuild'), join(directory, 'lib/mesonbuild'));
  renameSync(join(root, 'usr/bin/meson'), join(directory, 'lib/meson.py'));
  rmSync(work, { recursive: true });
  const program = join(prefix, 'lib/meson.py').replaceAll("'", `'\\''`);
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin/meson'), `#!/bin/sh\nexec python3 '${program}' "$@"\n`);
  chmodSync(join(directory, 'bin/meson'), 0o755);
}
