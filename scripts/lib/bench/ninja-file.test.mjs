import { expect, it } from 'vitest';
import { ninjaFile } from './ninja-file.mjs';

const recipe = {
  cflags: ['-O2', '-DX'],
  compiles: [
    { source: 'src/a.c', object: 'out/src/a.o' },
    { source: 'src/b.c', object: 'out/src/b.o' },
  ],
  archives: [{ file: 'out/libb.a', objects: ['out/src/b.o'] }],
  link: { file: 'out/app', flags: ['-Wl,-E'], inputs: ['out/src/a.o', 'out/libb.a'], libraries: ['-lm'] },
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
