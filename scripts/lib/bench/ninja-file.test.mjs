import { expect, it } from 'vitest';
import { ninjaFile } from './ninja-file.mjs';

const recipe = {
  compiles: ['a', 'b'].map((name) => ({
    source: `src/${name}.c`,
    object: `out/src/${name}.o`,
    cflags: ['-O2', '-DX'],
  })),
  archives: [{ file: 'out/libb.a', objects: ['out/src/b.o'] }],
  link: {
    tool: /** @type {const} */ ('cc'),
    file: 'out/app',
    flags: ['-Wl,-E'],
    inputs: ['out/src/a.o', 'out/libb.a'],
    libraries: ['-lm'],
  },
};

it('says the same commands as the recipe, with depfiles', () => {
  expect(ninjaFile(recipe, 'app')).toBe(`rule cc
  command = cc -MD -MF $out.d -O2 -DX -c -o $out $in
  depfile = $out.d
  deps = gcc
rule ar
  command = rm -f $out && ar qcsD $out $in
rule link
  command = cc -Wl,-E -o $out $in -lm
build out/src/a.o: cc src/a.c
build out/src/b.o: cc src/b.c
build out/libb.a: ar out/src/b.o
build out/app: link out/src/a.o out/libb.a
build app: phony out/app
`);
});

it('puts the inputs of a link into a file where they would not fit on a command line', () => {
  const inputs = Array.from({ length: 10_000 }, (_, unit) => `out/src/u${unit}.o`);
  const text = ninjaFile({ ...recipe, link: { ...recipe.link, inputs } }, 'app');
  expect(text).toContain('command = cc -Wl,-E -o $out @$out.rsp -lm\n  rspfile = $out.rsp\n  rspfile_content = $in\n');
});

it('has a rule for each set of flags, and quotes what a shell would take apart', () => {
  const other = { source: 'c.cpp', object: 'out/c.o', cflags: ['-DNAME="a b.h"'] };
  const text = ninjaFile(
    { ...recipe, compiles: [...recipe.compiles, other], link: { ...recipe.link, tool: 'c++' } },
    'app',
  );
  expect(text).toContain(`rule cc-2\n  command = cc -MD -MF $out.d '-DNAME="a b.h"' -c -o $out $in\n`);
  expect(text).toContain('build out/src/b.o: cc src/b.c\nbuild out/c.o: cc-2 c.cpp\n');
  expect(text).toContain('command = c++ -Wl,-E -o $out $in -lm\n');
});
