import type { ProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';

/** A build that a project already has, and how to import it. */
export interface BuildSystem {
  /** `CMake` */
  readonly name: string;
  /** The file that tells. */
  readonly file: string;
  /** What has to be run first, where it has not been; command lines for people, `JOBS` at its place. */
  readonly prepare: readonly string[];
  /** What `makenix import --` is given. */
  readonly command: string;
}

/**
 * The build systems of a project, by the files it has; the one that is likeliest to be meant comes first. One whose
 * build directory is there already is taken to be in use, and before others.
 *
 * @param jobs how many compilers may run at once
 */
export function buildSystemsOf(files: readonly ProjectPath[], jobs: number): readonly BuildSystem[] {
  const all = new Set<string>(files);
  const has = (...names: readonly string[]): string | undefined => names.find((name) => all.has(name));
  /** Directories, the nearest to the top first, that hold a file. */
  const holding = (name: string): readonly string[] =>
    files
      .filter((path) => path.endsWith(`/${name}`))
      .map((path) => path.slice(0, -name.length - 1))
      .sort((a, b) => a.split('/').length - b.split('/').length || bytewise(a, b));
  const j = `-j${String(jobs)}`;
  const found: (BuildSystem & { readonly isReady: boolean })[] = [];
  const add = (isReady: boolean, system: BuildSystem): void => void found.push({ ...system, isReady });

  const cmake = has('CMakeLists.txt');
  if (cmake !== undefined) {
    const [directory] = holding('CMakeCache.txt');
    add(directory !== undefined, {
      name: 'CMake',
      file: directory === undefined ? cmake : `${directory}/CMakeCache.txt`,
      prepare: directory === undefined ? ['cmake -B build'] : [],
      command: `cmake --build ${directory ?? 'build'} ${j}`,
    });
  }
  const meson = has('meson.build');
  if (meson !== undefined) {
    const [directory] = holding('meson-private/coredata.dat');
    add(directory !== undefined, {
      name: 'Meson',
      file: directory === undefined ? meson : `${directory}/build.ninja`,
      prepare: directory === undefined ? ['meson setup build'] : [],
      command: `ninja -C ${directory ?? 'build'}`,
    });
  }
  const ninja = has('build.ninja');
  if (ninja !== undefined) add(true, { name: 'Ninja', file: ninja, prepare: [], command: 'ninja' });
  const makefile = has('GNUmakefile', 'makefile', 'Makefile');
  const configure = has('configure');
  const autoconf = has('configure.ac', 'configure.in');
  if (makefile !== undefined) add(true, { name: 'Make', file: makefile, prepare: [], command: `make ${j}` });
  else if (configure !== undefined) {
    add(false, { name: 'Autotools', file: configure, prepare: ['./configure'], command: `make ${j}` });
  } else if (autoconf !== undefined) {
    const prepare = ['autoreconf -i', './configure'];
    add(false, { name: 'Autotools', file: autoconf, prepare, command: `make ${j}` });
  }
  const scons = has('SConstruct');
  if (scons !== undefined) add(true, { name: 'SCons', file: scons, prepare: [], command: `scons ${j}` });
  return [...found.filter(({ isReady }) => isReady), ...found.filter(({ isReady }) => !isReady)].map(
    ({ isReady: _isReady, ...system }) => system,
  );
}
