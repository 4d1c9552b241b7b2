import { describe, expect, it } from 'vitest';
import { paths } from '../testing/fakes/memory-files.ts';
import { buildSystemsOf } from './build-systems.ts';

const commands = (...files: string[]): readonly string[] =>
  buildSystemsOf(paths(...files), 4).map(({ prepare, command }) => [...prepare, command].join(' && '));

describe('the build systems of a project', () => {
  it.each([
    [['Makefile', 'src/a.c'], ['make -j4']],
    [['GNUmakefile', 'Makefile'], ['make -j4']],
    [['configure', 'configure.ac', 'Makefile.in'], ['./configure && make -j4']],
    [['configure.ac'], ['autoreconf -i && ./configure && make -j4']],
    [['CMakeLists.txt'], ['cmake -B build && cmake --build build -j4']],
    [['CMakeLists.txt', 'out/debug/CMakeCache.txt', 'a/b/c/CMakeCache.txt'], ['cmake --build out/debug -j4']],
    [['meson.build'], ['meson setup build && ninja -C build']],
    [['meson.build', 'b/meson-private/coredata.dat'], ['ninja -C b']],
    [['build.ninja'], ['ninja']],
    [['SConstruct'], ['scons -j4']],
    [['src/a.c', 'sub/Makefile', 'sub/CMakeLists.txt'], []],
  ])('%j: %j', (files, expected) => {
    expect(commands(...files)).toEqual(expected);
  });

  it('come with the one first that is ready to run', () => {
    expect(commands('CMakeLists.txt', 'Makefile')).toEqual(['make -j4', 'cmake -B build && cmake --build build -j4']);
    expect(commands('CMakeLists.txt', 'Makefile', 'build/CMakeCache.txt')).toEqual([
      'cmake --build build -j4',
      'make -j4',
    ]);
  });
});
