import { rmSync, symlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { freshExpression } from '../testing/fresh-expression.ts';
import { projectOf, type TestProject } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

/* What a unit reads and looks for, where that is more than what it includes: which steps a change of it concerns. */

const printing = (what: string): string => `#include <stdio.h>\nint main(void) { puts(${what}); return 0; }\n`;
const output = (project: TestProject): Promise<string> => project.run('result/bin/main');

const projectWith = (files: Readonly<Record<string, string>>): TestProject =>
  projectOf({
    'makenix.json': '{ "targets": { "main": { "sources": ["src/*.c"], "include": ["inc", "lib"] } } }',
    'src/other.c': '#include "other.h"\nint other = OTHER;\n',
    'lib/other.h': '#define OTHER 1\n',
    ...files,
  });

it('scans and compiles whom a new header concerns, and nobody else', async () => {
  const project = projectWith({
    'src/main.c': `#include <text.h>\n${printing('TEXT')}`,
    'lib/text.h': '#define TEXT "lib"\n',
  });
  const makenix = await watch(project);
  expect(await output(project)).toBe('lib\n');

  // On nobody's way.
  project.write('notes/text.h', '');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'up-to-date', scanned: [], rebuilt: [] });
  // Behind the one that is found.
  project.write('lib/text/other.h', '');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'up-to-date', scanned: [] });

  project.write('inc/text.h', '#define TEXT "inc"\n');
  expect(await makenix.cycle()).toMatchObject({ scanned: ['src/main.c'], rebuilt: ['main', 'src/main.o'] });
  expect(await output(project)).toBe('inc\n');

  project.remove('inc/text.h');
  const [gone] = (await makenix.cyclesUntil(({ outcome }) => outcome === 'built')).slice(-1);
  expect(gone).toMatchObject({ scanned: ['src/main.c'] });
  expect(await output(project)).toBe('lib\n');
  expect(project.read('derivation.nix')).toBe(await freshExpression(project));
});

it('gives the sandbox what is asked for and not included, and follows it', async () => {
  const project = projectWith({
    'src/main.c': `#if __has_include("switch.h")\n#define TEXT "there"\n#else\n#define TEXT "gone"\n#endif\n${printing('TEXT')}`,
  });
  const makenix = await watch(project);
  expect(await output(project)).toBe('gone\n');

  project.write('src/switch.h', '');
  const there = await makenix.cycle();
  expect(there).toMatchObject({ scanned: ['src/main.c'], rebuilt: ['main', 'src/main.o'] });
  expect(there.edges).toEqual(['+src/main.o src/switch.h']);
  expect(await output(project)).toBe('there\n');

  project.remove('src/switch.h');
  await makenix.cyclesUntil(({ outcome }) => outcome === 'built');
  expect(await output(project)).toBe('gone\n');
  expect(project.read('derivation.nix')).toBe(await freshExpression(project));
});

it('compiles anew where a file changes that the assembler reads', async () => {
  const project = projectWith({
    'src/main.c':
      '#define DATA(name, file) __asm__(".section .rodata\\n" #name ": .incbin \\"" file "\\"\\n.byte 0\\n.text\\n");\n' +
      `DATA(data, "data/text.bin")\nextern const char data[];\n${printing('data')}`,
    'data/text.bin': 'one',
  });
  const makenix = await watch(project);
  expect(await output(project)).toBe('one\n');

  project.write('data/text.bin', 'two');
  const cycle = await makenix.cycle();
  expect(cycle).toMatchObject({ rebuilt: ['main', 'src/main.o'] });
  expect(cycle.because('src/main.o')).toEqual(['data/text.bin modified']);
  expect(await output(project)).toBe('two\n');

  project.edit('src/main.c', 'data/text.bin', 'data/next.bin');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'failed', failed: ['src/main.o'] });
  project.write('data/next.bin', 'three');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', scanned: ['src/main.c'] });
  expect(await output(project)).toBe('three\n');
});

it('follows links to a header and to a source: what they lead to, and where', async () => {
  const project = projectWith({
    'real/main.c': `#include "text.h"\n${printing('TEXT')}`,
    'real/one.h': '#define TEXT "one"\n',
    'real/two.h': '#define TEXT "two"\n',
  });
  symlinkSync('../real/main.c', project.path('src/main.c'));
  symlinkSync('../real/one.h', project.path('lib/text.h'));
  const makenix = await watch(project);
  expect(await output(project)).toBe('one\n');

  project.edit('real/one.h', 'one', 'uno');
  const edited = await makenix.cycle();
  expect(edited).toMatchObject({ rebuilt: ['main', 'src/main.o'] });
  expect(edited.because('src/main.o')).toEqual(['lib/text.h modified']);
  expect(await output(project)).toBe('uno\n');

  rmSync(project.path('lib/text.h'));
  symlinkSync('../real/two.h', project.path('lib/text.h'));
  await makenix.cyclesUntil(({ outcome }) => outcome === 'built');
  expect(await output(project)).toBe('two\n');

  project.edit('real/main.c', 'puts(TEXT)', 'puts(TEXT TEXT)');
  const [source] = (await makenix.cyclesUntil(({ outcome }) => outcome === 'built')).slice(-1);
  expect(source?.because('src/main.o')).toEqual(['src/main.c modified']);
  expect(await output(project)).toBe('twotwo\n');
  expect(project.read('derivation.nix')).toBe(await freshExpression(project));
});

it('follows a link to a directory: what lies there, what is new there, and where it leads', async () => {
  const project = projectWith({
    'src/main.c': `#include <text.h>\n${printing('TEXT')}`,
    'lib/text.h': '#define TEXT "lib"\n',
    'real/one/none.h': '',
    'real/two/text.h': '#define TEXT "two"\n',
    'real/three/text.h': '#define TEXT "three"\n',
  });
  symlinkSync('real/one', project.path('inc'));
  const makenix = await watch(project);
  expect(await output(project)).toBe('lib\n');

  project.write('real/one/text.h', '#define TEXT "one"\n');
  expect(await makenix.cycle()).toMatchObject({ scanned: ['src/main.c'], rebuilt: ['main', 'src/main.o'] });
  expect(await output(project)).toBe('one\n');

  project.edit('real/one/text.h', 'one', 'uno');
  await makenix.cyclesUntil(({ outcome }) => outcome === 'built');
  expect(await output(project)).toBe('uno\n');

  rmSync(project.path('inc'));
  symlinkSync('real/two', project.path('inc'));
  await makenix.cyclesUntil(async ({ outcome }) => outcome === 'built' && (await output(project)) === 'two\n');

  rmSync(project.path('inc'));
  await makenix.cyclesUntil(async ({ outcome }) => outcome === 'built' && (await output(project)) === 'lib\n');
  symlinkSync('real/three', project.path('inc'));
  await makenix.cyclesUntil(async ({ outcome }) => outcome === 'built' && (await output(project)) === 'three\n');

  expect(project.read('derivation.nix')).toBe(await freshExpression(project));
});
