import { expect, it } from 'vitest';
import { bothPrint, goodBuild, importBuild, problemsOf } from '../testing/imported.ts';
import { build } from '../testing/makenix.ts';
import { projectOf } from '../testing/project.ts';

const printing = (format: string, ...values: readonly string[]): string =>
  `#include <stdio.h>\nint main(void) { printf("${format}\\n", ${values.join(', ')}); return 0; }\n`;

it('knows what generated files are made from, and what is lost on the way', async () => {
  const many = Array.from({ length: 25 }, (_, i) => `part${String(i)}.h`);
  const project = projectOf({
    Makefile: [
      'all: prog wide probe stamp cover',
      'version.h: version.txt version.sed; sed -f version.sed version.txt > version.h.tmp && mv version.h.tmp $@',
      'gen: gen.c; cc -o $@ gen.c',
      'table.c: gen table.in; ./gen table.in > $@',
      'script.ld: script.ld.S layout.h; cc -E -P -x c $< -o $@',
      'lowered.s: lowered.c; cc -S -O1 -o $@ lowered.c',
      'prog: main.c version.h table.c lowered.s script.ld; cc -I. -o $@ main.c table.c lowered.s -T script.ld',
      // As make does it with an intermediate file.
      'wide: wide.in; sed s/@/5/ wide.in > wide.c && cc -c wide.c -o wide.o && rm wide.c && cc -o $@ wide.o',
      "probe: prog; echo '{ global: main; local: *; };' > v.map; cc -o $@ sum.c -Wl,--version-script=v.map; rm v.map",
      `stamp: all-parts.h; cc -o $@ stamp.c sum.c -DNO_MAIN`,
      `all-parts.h: ${many.join(' ')}; cat ${many.join(' ')} | cksum | sed 's/^/#define SUM "/;s/$$/"/' > $@; echo 'char stamp[] = "x";' > stamp.c; cat ${many.join(' ')} > /dev/null`,
      'cover: cover.c; cc --coverage -c cover.c -o cover.o; cc --coverage -gsplit-dwarf -g -o $@ cover.o cover2.c',
      '',
    ].join('\n'),
    ...Object.fromEntries(many.map((name, i) => [name, `#define P${String(i)} 1\n`])),
    'version.txt': '1.2\n',
    'version.sed': 's/.*/#define VERSION "&"/\n',
    'gen.c':
      '#include <stdio.h>\nint main(int n, char **v) { int x; fscanf(fopen(v[1], "r"), "%d", &x); printf("int table = %d;\\n", x + n); return 0; }\n',
    'table.in': '40\n',
    'layout.h': '#define MARK 64\n',
    'script.ld.S': '#include "layout.h"\nmark = MARK;\nINSERT AFTER .data;\n',
    'lowered.c': 'int lowered(void) { return 9; }\n',
    'main.c': `#include "version.h"\nextern int table; int lowered(void); extern char mark[];\n${printing('%s %d %d %d', 'VERSION', 'table', 'lowered()', '(int)((long)mark & 0xfff)')}`,
    'wide.in': printing('%d', '@'),
    'sum.c': printing('%d', '1'),
    'cover.c': 'int cover(void) { return 3; }\n',
    'cover2.c': `int cover(void);\n${printing('%d', 'cover()')}`,
  });
  const plan = await importBuild(project, ['make', '-j4']);
  expect(plan.notUnderstood.map(({ problem, targets }) => [problem, targets])).toEqual([
    ['all-parts.h, stamp.c are made from 25 files of the project, and made anew by makenix import only', ['stamp']],
    ['debug information in files of its own (-gsplit-dwarf) is not kept: build without', ['cover']],
    ['notes for gcov (--coverage, .gcno) are not kept, and counts are not written: build without', ['cover']],
    ['v.map, which probe is made with, is gone when the build is over', ['probe']],
    ['wide.c, of which wide.o is made, is gone when the build is over: it is taken as it is', ['wide']],
  ]);
  expect(plan.generators.map(({ inputs, products, outputs }) => [Object.keys(inputs), products, outputs])).toEqual([
    [['lowered.c'], [], ['lowered.s']],
    [['script.ld.S'], [], ['script.ld']],
    [['table.in'], ['gen'], ['table.c']],
    [['version.sed', 'version.txt'], [], ['version.h']],
    [['wide.in'], [], ['wide.c']],
  ]);
  expect(plan.products.find(({ name }) => name === 'gen')?.target).toBe(true);
  const cycle = await build(project);
  // Its version script is gone.
  expect(cycle.failed).toEqual(['probe']);
  expect(await bothPrint(project, cycle, 'prog', 'prog')).toEqual(['1.2 42 9 64\n0', '1.2 42 9 64\n0']);
  expect(await bothPrint(project, cycle, 'wide', 'wide')).toEqual(['5\n0', '5\n0']);
  project.edit('table.c', '42', '43');
  expect((await build(project)).rebuilt).toEqual(['prog', 'prog-table.o']);
});

it('knows of a script without make which of its sources a program of its own has made', async () => {
  const project = projectOf({
    'build.sh': 'set -e\ncc -o gen gen.c\n./gen > made.c\ncc -o prog made.c\n',
    'gen.c':
      '#include <stdio.h>\nint main(void) { puts("#include <stdio.h>\\nint main(void) { puts(\\"made\\"); return 0; }"); return 0; }\n',
  });
  const plan = await importBuild(project, ['sh', './build.sh']);
  expect(problemsOf(plan)).toEqual([]);
  expect(Object.keys(plan.definition)).toEqual(['build.sh']);
  expect(plan.generators).toEqual([{ inputs: {}, products: ['gen'], outputs: ['made.c'] }]);
  expect(await bothPrint(project, await goodBuild(project), 'prog', 'prog')).toEqual(['made\n0', 'made\n0']);
});
