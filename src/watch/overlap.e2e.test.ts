import { expect, it } from 'vitest';
import { eventsOf } from '../testing/event-log.ts';
import { freshExpression } from '../testing/fresh-expression.ts';
import { makeGate } from '../testing/gate.ts';
import { copyFixture } from '../testing/project.ts';
import { startWatch, watch } from '../testing/watch.ts';

it('lets a save during a build supersede it', async () => {
  const project = copyFixture('hello');
  const gate = makeGate();
  const good = project.read('src/hello.c');
  project.write('src/hello.c', gate.line + good);
  const makenix = startWatch(project, [], { env: gate.env });
  await makenix.event('derivation-started', ({ name }) => name === 'src/hello.o');
  await gate.reached();

  project.write('src/hello.c', good.replace('Hello', 'Goodbye'));

  const stopped = await makenix.event('derivation-finished', ({ name }) => name === 'src/hello.o');
  expect(stopped.outcome).toBe('cancelled');
  expect((await makenix.event('cycle-finished')).outcome).toBe('cancelled');
  const cycle = await makenix.cycle();
  expect(cycle.outcome).toBe('built');
  expect(cycle.rebuilt).toContain('src/hello.o');
  expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
});

it('does not throw away a running compile that a save does not concern', async () => {
  const project = copyFixture('hello');
  const gate = makeGate();
  const makenix = await watch(project, [], { env: gate.env });
  project.write('src/hello.c', gate.line + project.read('src/hello.c'));
  await makenix.event('derivation-started', ({ name }) => name === 'src/hello.o');
  await gate.reached();

  project.edit('src/world.c', 'World', 'Everybody');
  await makenix.event('change-observed', ({ paths }) => paths.includes('src/world.c'));
  await gate.open();

  const finished = await makenix.event('derivation-finished', ({ name }) => name === 'src/hello.o');
  expect(finished.outcome).toBe('rebuilt');
  const cycles = await makenix.cyclesUntil(({ rebuilt }) => rebuilt.includes('src/world.o'));
  const again = cycles.flatMap(({ events }) => eventsOf(events, 'derivation-started'));
  expect(again.filter(({ name }) => name === 'src/hello.o')).toEqual([]);
  expect(await project.run('result/bin/main')).toBe('Hello, Everybody!\n');
});

it('lets a save supersede a build that a save before it did not concern', async () => {
  const project = copyFixture('hello');
  const gate = makeGate();
  const good = project.read('src/hello.c');
  const makenix = await watch(project, [], { env: gate.env });
  project.write('src/hello.c', gate.line + good);
  await makenix.event('derivation-started', ({ name }) => name === 'src/hello.o');
  await gate.reached();
  project.edit('src/world.c', 'World', 'Everybody');
  await makenix.event('change-observed', ({ paths }) => paths.includes('src/world.c'));

  project.write('src/hello.c', good.replace('Hello', 'Goodbye'));

  // It would never end by itself.
  const stopped = await makenix.event('derivation-finished', ({ name }) => name === 'src/hello.o');
  expect(stopped.outcome).toBe('cancelled');
  const cycles = await makenix.cyclesUntil(({ rebuilt }) => rebuilt.includes('main'));
  expect(cycles.at(-1)?.rebuilt).toEqual(['main', 'src/hello.o', 'src/world.o']);
  expect(await project.run('result/bin/main')).toBe('Goodbye, Everybody!\n');
});

it('builds what was saved while it was starting', async () => {
  const project = copyFixture('hello');
  const makenix = startWatch(project);
  await makenix.event('unit-scanned');

  project.edit('src/hello.c', '#include "hello.h"', '#include "hello.h"\n#include "world.h"');
  project.edit('src/hello.c', 'Hello', 'Goodbye');

  await makenix.cyclesUntil(
    async ({ outcome }) => outcome !== 'failed' && (await project.run('result/bin/main')) === 'Goodbye, World!\n',
  );
  expect(project.read('derivation.nix')).toBe(await freshExpression(project));
});

it('acknowledges a save before anything slow begins', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);

  project.edit('src/hello.c', 'Hello', 'Goodbye');

  const { events } = await makenix.cycle();
  const kinds = events.map(({ kind }) => kind);
  expect(kinds.slice(0, 2)).toEqual(['change-observed', 'cycle-started']);
  expect(kinds).toContain('derivation-started');
});
