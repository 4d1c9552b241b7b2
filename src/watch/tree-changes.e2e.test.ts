import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freshExpression } from '../testing/fresh-expression.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { watch } from '../testing/watch.ts';

it('takes up a directory of headers and sources that is moved in', async () => {
  const project = plainProject();
  const makenix = await watch(project);
  const directory = join(temporaryDirectory(), 'extra');
  mkdirSync(directory);
  writeFileSync(join(directory, 'extra.h'), 'extern int extra;\n');
  writeFileSync(join(directory, 'extra.c'), '#include "extra.h"\nint extra;\n');

  renameSync(directory, project.path('src/extra'));

  // The header may be heard of in a cycle of its own, which then has nothing to do.
  const cycles = await makenix.cyclesUntil(({ outcome }) => outcome === 'built');
  const built = cycles.at(-1);
  expect(built).toMatchObject({ rebuilt: ['hello', 'src/extra/extra.o'], reused: 3 });
  expect(built?.edges).toEqual(['+src/extra/extra.o src/extra/extra.c', '+src/extra/extra.o src/extra/extra.h']);
  for (const before of cycles.slice(0, -1))
    expect(before).toMatchObject({ outcome: 'up-to-date', edges: [], stanzas: [] });
});

it('takes up a directory whose files come one by one', async () => {
  const project = plainProject();
  const makenix = await watch(project);

  project.write('src/extra/deep/extra.c', '#include "../extra.h"\nint extra(void) { return EXTRA; }\n');
  project.write('src/extra/extra.h', '#define EXTRA 1\n');
  project.write('src/extra/other.c', 'int other;\n');

  const cycles = await makenix.cyclesUntil(
    ({ outcome, reused, rebuilt }) => outcome !== 'failed' && reused + rebuilt.length === 6,
  );
  const rebuilt = new Set(cycles.flatMap((cycle) => cycle.rebuilt));
  expect([...rebuilt].sort()).toEqual(['hello', 'src/extra/deep/extra.o', 'src/extra/other.o']);
  expect(project.read('derivation.nix')).toBe(await freshExpression(project));
});

it('follows a source to its new name', async () => {
  const project = plainProject();
  const makenix = await watch(project);

  project.rename('src/world.c', 'src/planet/earth.c');
  project.write('src/planet/world.h', project.read('src/world.h'));

  await makenix.cyclesUntil(({ outcome, rebuilt }) => outcome === 'built' && rebuilt.includes('hello'));
  expect(project.read('derivation.nix')).not.toContain('src/world.o');
  expect(project.read('derivation.nix')).toBe(await freshExpression(project));
  expect(await project.run('result/bin/hello')).toBe('Hello, World!\n');
});

it('does not let a renamed source fail on the way', async () => {
  const project = plainProject();
  const makenix = await watch(project);
  project.rename('src/world.c', 'src/earth.c');
  const cycle = await makenix.cycle();
  expect(cycle).toMatchObject({ outcome: 'built', rebuilt: ['hello', 'src/earth.o'], reused: 2, failures: [] });
});

it('compiles with a header that comes before another on the include path', async () => {
  const project = plainProject();
  project.write('makenix.json', '{ "include": ["first", "second"] }');
  project.write('first/other.h', '');
  project.write('second/greeting.h', '#define GREETING "Hello, "\n');
  project.write('src/hello.c', '#include <stdio.h>\n#include <greeting.h>\nvoid hello(void) { printf(GREETING); }\n');
  const makenix = await watch(project);
  expect(await project.run('result/bin/hello')).toBe('Hello, World!\n');

  project.write('first/greeting.h', '#define GREETING "Goodbye, "\n');

  const cycle = await makenix.cycle();
  expect(cycle.rebuilt).toEqual(['hello', 'src/hello.o']);
  expect(cycle.edges).toEqual(['+src/hello.o first/greeting.h', '-src/hello.o second/greeting.h']);
  expect(await project.run('result/bin/hello')).toBe('Goodbye, World!\n');
});

it('starts on an unchanged tree without asking the compiler', async () => {
  const project = plainProject();
  const before = await watch(project);
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  await before.cycle();
  await before.interrupt();

  const { first } = await watch(project);
  expect(first).toMatchObject({ outcome: 'up-to-date', rebuilt: [], reused: 4, scanned: [], edges: [], stanzas: [] });
});

it('finds what changed while it did not run', async () => {
  const project = plainProject();
  const before = await watch(project);
  await before.interrupt();
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  project.write('src/extra.c', 'int extra;\n');

  const { first } = await watch(project);
  expect(first).toMatchObject({ outcome: 'built', rebuilt: ['hello', 'src/extra.o', 'src/hello.o'], reused: 2 });
  expect(first.because('src/hello.o')).toEqual(['src/hello.c modified']);
});

/** By convention, whose sources are those of src/ at any depth. */
function plainProject(): TestProject {
  const project = copyFixture('hello');
  project.remove('makenix.json');
  return project;
}
