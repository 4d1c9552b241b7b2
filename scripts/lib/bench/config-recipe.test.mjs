import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configRecipe } from './config-recipe.mjs';

let tree = '';
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'makenix-recipe-'));
  for (const file of ['src/main.c', 'src/b.c', 'src/a.h', 'src/a_tool.c', 'lib/z.c', 'lib/fast.cpp']) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), '');
  }
});
afterAll(() => rmSync(tree, { recursive: true }));

/** @type {import('./config-recipe.mjs').Config} */
const config = {
  cflags: ['-O2'],
  defines: { EVERYWHERE: '' },
  targets: {
    app: {
      sources: ['src/*.c', '!src/*_tool.c'],
      include: ['lib'],
      defines: { LEVEL: 2, ON: true },
      cflags: ['-std=c11'],
      ldflags: ['-pthread'],
      libs: ['liblib', '-lm'],
    },
    liblib: { kind: 'static-library', sources: ['lib/z.c', 'lib/fast.cpp'], cxxflags: ['-std=c++11'], libs: ['-ldl'] },
    other: { sources: ['src/a_tool.c'] },
  },
};

it('compiles what the program is made of and nothing else, by name, each with the flags of its target', () => {
  expect(configRecipe(config, 'app', tree).compiles).toEqual([
    { source: 'lib/fast.cpp', object: 'out/lib/fast.o', cflags: ['-DEVERYWHERE=', '-O2', '-std=c++11'] },
    { source: 'lib/z.c', object: 'out/lib/z.o', cflags: ['-DEVERYWHERE=', '-O2'] },
    ...['b', 'main'].map((name) => ({
      source: `src/${name}.c`,
      object: `out/src/${name}.o`,
      cflags: ['-Ilib', '-DEVERYWHERE=', '-DLEVEL=2', '-DON', '-O2', '-std=c11'],
    })),
  ]);
});

it('links objects, then libraries, by the compiler of C++ where any of it is', () => {
  const { archives, link } = configRecipe(config, 'app', tree);
  expect(archives).toEqual([{ file: 'out/liblib.a', objects: ['out/lib/fast.o', 'out/lib/z.o'] }]);
  expect(link).toEqual({
    tool: 'c++',
    file: 'out/app',
    flags: ['-pthread'],
    inputs: ['out/src/b.o', 'out/src/main.o', 'out/liblib.a'],
    libraries: ['-lm', '-ldl'],
  });
  expect(configRecipe(config, 'other', tree).link.tool).toBe('cc');
});

it('does not take a target for one that is not there', () => {
  expect(() => configRecipe(config, 'apps', tree)).toThrow('no target apps');
});
