import { expect, it } from 'vitest';
import { bothPrint, goodBuild, importBuild, problemsOf } from '../testing/imported.ts';
import { projectOf } from '../testing/project.ts';

const numbered = (name: string, value: number): string => `int ${name}(void) { return ${String(value)}; }\n`;

const main = (...names: readonly string[]): string =>
  `#include <stdio.h>\n${names.map((name) => `int ${name}(void);\n`).join('')}` +
  `int main(void) { printf("${names.map(() => '%d').join(' ')}\\n", ${names.map((name) => `${name}()`).join(', ')}); return 0; }\n`;

it('follows recursive make over static libraries that are made in several calls of ar', async () => {
  const project = projectOf({
    Makefile: `all: ; $(MAKE) -C lib && $(MAKE) -C app -j2\n`,
    'lib/Makefile': [
      'CFLAGS = -O1 -I../include -MMD -MP -MF $*.d',
      'all: libone.a ../out/libcopy.a',
      'libone.a: a.o b.o sub/a.o later.o gone.o',
      '\tar cr $@ a.o gone.o',
      '\tar r $@ b.o',
      '\tar q $@ sub/a.o later.o',
      '\tar d $@ gone.o',
      '\tranlib $@',
      '../out/libcopy.a: libone.a',
      '\tmkdir -p ../out && cp libone.a $@',
      '',
    ].join('\n'),
    'include/base.h': '#define BASE 40\n',
    'lib/a.c': `#include "base.h"\nint a(void) { return BASE + 1; }\n`,
    'lib/b.c': numbered('b', 2),
    'lib/gone.c': numbered('b', 66),
    'lib/later.c': numbered('later', 4),
    'lib/sub/a.c': numbered('sub_a', 3),
    'app/Makefile': [
      'all: prog',
      'prog: main.o ../out/libcopy.a',
      '\tcc -o $@ main.o -L../out -lcopy',
      '\tcp prog ../installed',
      '',
    ].join('\n'),
    'app/main.c': main('a', 'b', 'sub_a', 'later'),
  });
  const plan = await importBuild(project, ['make']);
  expect(problemsOf(plan)).toEqual(['objects that go into nothing that was linked: lib/gone.o']);
  expect(plan.products.map(({ name, target }) => [name, target])).toEqual([
    ['libone.a', false],
    ['prog', true],
  ]);
  expect(plan.products[0]?.inputs).toEqual(['lib/a.o', 'lib/b.o', 'lib/sub/a.o', 'lib/later.o']);
  const cycle = await goodBuild(project);
  expect(await bothPrint(project, cycle, 'prog', 'app/prog')).toEqual(['41 2 3 4\n0', '41 2 3 4\n0']);
  project.edit('include/base.h', '40', '50');
  expect((await goodBuild(project)).rebuilt).toEqual(['lib/a.o', 'libone.a', 'prog']);
  project.edit('lib/b.c', '2', '20');
  const edited = await goodBuild(project);
  expect(edited.rebuilt).toEqual(['lib/b.o', 'libone.a', 'prog']);
  expect(await project.run(`${edited.outputs[0]?.link ?? ''}/bin/prog`)).toBe('51 20 3 4\n');
});

it('begins an archive anew where it was removed, and follows members out of archives into others', async () => {
  const project = projectOf({
    'build.sh': [
      'set -e',
      'for x in one two three four five; do cc -c $x.c -o $x.o; done',
      // The same path, compiled twice, and both used.
      'cc -c x.c -o t.o; ar cq twice.a t.o; cc -DOTHER -c x.c -o t.o; ar q twice.a t.o',
      'ar cr first.a five.o; rm first.a; ar cr first.a one.o two.o',
      // libtool makes convenience libraries so.
      'mkdir -p ex && cd ex && ar x ../first.a && cd ..',
      'ar cr whole.a ex/one.o ex/two.o three.o; rm -r ex',
      'ar crT thin.a four.o twice.a',
      'cc -o prog main.c -Wl,--start-group whole.a -Wl,--whole-archive thin.a -Wl,--no-whole-archive -Wl,--end-group',
      'objcopy --redefine-sym three=drei whole.a renamed.a',
      'strip -g renamed.a',
      'cc -o renamed -DDREI renamed.c renamed.a',
      '',
    ].join('\n'),
    'one.c': numbered('one', 1),
    'two.c': numbered('two', 2),
    'three.c': numbered('three', 3),
    'four.c': numbered('four', 4),
    'five.c': numbered('one', 5),
    'x.c': `#ifdef OTHER\n${numbered('other', 7)}#else\n${numbered('same', 6)}#endif\n`,
    'main.c': main('one', 'two', 'three', 'four', 'same', 'other'),
    'renamed.c': main('one', 'drei'),
  });
  const plan = await importBuild(project, ['sh', './build.sh']);
  expect(problemsOf(plan)).toEqual(['objects that go into nothing that was linked: five.o']);
  expect(plan.products.find(({ name }) => name === 'first.a')?.inputs).toEqual(['one.o', 'two.o']);
  const cycle = await goodBuild(project);
  expect(await bothPrint(project, cycle, 'prog', 'prog')).toEqual(['1 2 3 4 6 7\n0', '1 2 3 4 6 7\n0']);
  expect(await bothPrint(project, cycle, 'renamed', 'renamed')).toEqual(['1 3\n0', '1 3\n0']);
  project.edit('three.c', '3', '33');
  const edited = await goodBuild(project);
  expect(edited.rebuilt).toEqual(expect.arrayContaining(['three.o', 'whole.a', 'renamed.a', 'prog', 'renamed']));
  expect(edited.rebuilt).not.toContain('first.a');
  expect(
    await project.run(`${edited.outputs.find(({ target }) => target === 'renamed')?.link ?? ''}/bin/renamed`),
  ).toBe('1 33\n');
});
