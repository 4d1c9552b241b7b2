import { cpSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventsOf } from '../testing/event-log.ts';
import { exchange } from '../testing/exchange.ts';
import { freshExpression } from '../testing/fresh-expression.ts';
import { makeLossyWatch, type LossyWatch } from '../testing/lossy-watch.ts';
import { openMounts } from '../testing/mounts.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';
import { watch, type Watch } from '../testing/watch.ts';

it('finds a save whose event was lost by the next cycle, whatever that is about', async () => {
  const project = copyFixture('hello');
  const lossy = makeLossyWatch();
  const makenix = await watch(project, [], { env: lossy.env });
  lossy.lose('world.c');
  project.edit('src/world.c', 'World', 'Everybody');

  project.edit('src/hello.c', 'Hello', 'Goodbye');

  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o', 'src/world.o'] });
  expect(await project.run('result/bin/main')).toBe('Goodbye, Everybody!\n');
  expect(await makenix.aside('watch-degraded')).toMatchObject({
    reason: 'lost-events',
    action: 'watches-anew',
    paths: ['src/world.c'],
  });
});

it('finds a header that shadows another, and was not told of, by the next cycle', async () => {
  const project = copyFixture('hello');
  project.edit('makenix.json', '"cflags"', '"include": ["first", "src"],\n      "cflags"');
  project.edit('src/hello.c', '#include "hello.h"', '#include <hello.h>');
  project.write('first/other.h', '');
  const lossy = makeLossyWatch();
  const makenix = await watch(project, [], { env: lossy.env });
  lossy.lose('hello.h');
  project.write('first/hello.h', project.read('src/hello.h'));

  project.edit('src/world.c', 'World', 'Everybody');

  const { edges, rebuilt } = await makenix.cycle();
  expect(rebuilt).toEqual(['main', 'src/hello.o', 'src/world.o']);
  expect(edges).toEqual(['+src/hello.o first/hello.h', '-src/hello.o src/hello.h']);
  expect(project.read('derivation.nix')).toBe(await freshExpression(project));
});

it('finds a save whose event was the last of all and was lost, and hears of the next', async () => {
  const project = copyFixture('hello');
  const lossy = makeLossyWatch();
  const makenix = await watch(project, [], { env: lossy.env });
  lossy.lose('hello.c');
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
  lossy.restore();
  expect(await makenix.aside('watch-degraded')).toMatchObject({ action: 'watches-anew', paths: ['src/hello.c'] });
  await expectToHear(makenix, project, lossy, 'Goodbye');
});

it.each([0, 20_000])(
  'makes up for all that happened while it was stopped, with %i more events than that',
  async (noise) => {
    const project = copyFixture('hello');
    for (let i = 0; i < 100; i++) project.write(`noise/${i}`, '');
    const makenix = await watch(project);
    process.kill(makenix.pid, 'SIGSTOP');
    // The kernel keeps 16,384, and drops what comes then.
    for (let i = 0; i < noise; i++) project.touch(`noise/${i % 100}`);
    project.write('src/new/extra.h', '#define HELLO "Goodbye, "\n');
    project.write(
      'src/hello.c',
      '#include "new/extra.h"\n#include "hello.h"\n#include <stdio.h>\nvoid hello(void) { printf(HELLO); }\n',
    );
    project.edit('src/world.c', 'World', 'Everybody');
    process.kill(makenix.pid, 'SIGCONT');

    const cycles = await makenix.cyclesUntil(({ rebuilt }) => rebuilt.includes('src/world.o'));
    expect(cycles.flatMap(({ failures }) => failures)).toEqual([]);
    expect(await project.run('result/bin/main')).toBe('Goodbye, Everybody!\n');
    expect(project.read('derivation.nix')).toBe(await freshExpression(project));

    // It may have never heard that there is this directory.
    project.write('src/new/extra.h', '#define HELLO "Welcome, "\n');
    await makenix.cyclesUntil(({ rebuilt }) => rebuilt.includes('src/hello.o'));
    expect(await project.run('result/bin/main')).toBe('Welcome, Everybody!\n');
  },
);

it.each(['', 'src'])('goes on in a directory that takes the place of "%s" in one step', async (name) => {
  const project = copyFixture('hello');
  const lossy = makeLossyWatch();
  const makenix = await watch(project, [], { env: lossy.env });
  cpSync(project.path(name), `${project.path(name)}.new`, { recursive: true });
  await exchange(`${project.path(name)}.new`, project.path(name));
  project.edit('src/hello.c', 'Hello', 'Goodbye');

  await makenix.cyclesUntil(({ rebuilt }) => rebuilt.includes('src/hello.o'));
  expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
  expect(await makenix.aside('watch-degraded')).toMatchObject({ action: 'watches-anew' });
  await expectToHear(makenix, project, lossy, 'Goodbye');
});

it('goes on in a directory that comes after it has seen the other go', async () => {
  const project = copyFixture('hello');
  const lossy = makeLossyWatch();
  const makenix = await watch(project, [], { env: lossy.env });
  cpSync(project.path('src'), project.path('src.new'), { recursive: true });
  project.rename('src', 'src.old');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'failed' });
  project.rename('src.new', 'src');
  await makenix.cyclesUntil(({ outcome }) => outcome !== 'failed');
  await expectToHear(makenix, project, lossy, 'Hello');
});

it('goes on in a directory over which another is mounted, and in the one below when that is over', async () => {
  const project = copyFixture('hello');
  const mounts = await openMounts();
  const lossy = makeLossyWatch();
  const makenix = await watch(project, [], { within: mounts.within, env: lossy.env });
  project.write('other/main.c', '');
  for (const name of ['hello.h', 'world.h', 'world.c', 'main.c']) {
    project.write(`other/${name}`, project.read(`src/${name}`));
  }
  project.write('other/hello.c', project.read('src/hello.c').replace('Hello', 'Goodbye'));
  // No event tells of either.
  await mounts.mount('--bind', project.path('other'), project.path('src'));
  await makenix.cyclesUntil(({ rebuilt }) => rebuilt.includes('src/hello.o'));
  expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
  expect(await makenix.aside('watch-degraded')).toMatchObject({ action: 'watches-anew' });
  project.edit('other/hello.c', 'Goodbye', 'Welcome');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
  expect(await project.run('result/bin/main')).toBe('Welcome, World!\n');

  await mounts.unmount(project.path('src'));
  // Which was built before.
  expect(await makenix.cycle()).toMatchObject({ rebuilt: [], failures: [] });
  expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
  expect(await makenix.aside('watch-degraded')).toMatchObject({ action: 'watches-anew' });
  await expectToHear(makenix, project, lossy, 'Hello');
});

it('goes on where a disk is taken away, with what lies below', async () => {
  const project = copyFixture('hello');
  const mounts = await openMounts();
  const lossy = makeLossyWatch();
  await mounts.mount('-t', 'tmpfs', 'none', project.path('src'));
  cpSync(project.path('src'), mounts.seen(project.path('src')), { recursive: true });
  const onDisk = join(mounts.seen(project.path('src')), 'hello.c');
  writeFileSync(onDisk, readFileSync(onDisk, 'utf8').replace('Hello', 'Goodbye'));
  const makenix = await watch(project, [], { within: mounts.within, env: lossy.env });
  expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
  await mounts.unmount(project.path('src'));
  await makenix.cyclesUntil(({ rebuilt }) => rebuilt.includes('src/hello.o'));
  expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
  // The kernel says that it is gone, and not of each file.
  expect(await makenix.aside('watch-degraded')).toMatchObject({ action: 'watches-anew' });
  await expectToHear(makenix, project, lossy, 'Hello');
});

it.each(['ENOSPC', 'EMFILE'] as const)('looks for itself where nothing can be watched: %s', async (code) => {
  const project = copyFixture('hello');
  const lossy = makeLossyWatch();
  lossy.refuse(code);
  const makenix = await watch(project, [], { env: lossy.env });
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
  project.edit('src/world.c', 'World', 'Everybody');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/world.o'] });
  const { events } = await makenix.interrupt();
  expect(eventsOf(events, 'watch-degraded')).toMatchObject([
    { reason: 'too-many-watches', action: 'checks-often', detail: `Error: ${code}: no more watches` },
  ]);
});

it('looks for itself where nothing more can be watched', async () => {
  const project = copyFixture('hello');
  const lossy = makeLossyWatch();
  const makenix = await watch(project, [], { env: lossy.env });
  lossy.refuse('ENOSPC');
  project.write('src/new/word.h', '#define WORD "Goodbye, "\n');
  expect(await makenix.aside('watch-degraded')).toMatchObject({ reason: 'too-many-watches' });
  project.write(
    'src/hello.c',
    '#include "new/word.h"\n#include "hello.h"\n#include <stdio.h>\nvoid hello(void) { printf(WORD); }\n',
  );
  await makenix.cyclesUntil(({ rebuilt }) => rebuilt.includes('src/hello.o'));
  project.write('src/new/word.h', '#define WORD "Welcome, "\n');
  await makenix.cyclesUntil(({ rebuilt }) => rebuilt.includes('src/hello.o'));
  expect(await project.run('result/bin/main')).toBe('Welcome, World!\n');
});

it('says that it polls where it was asked to', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project, [], { env: { CHOKIDAR_USEPOLLING: '1' } });
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
  const { events } = await makenix.interrupt();
  expect(eventsOf(events, 'watch-degraded')).toMatchObject([{ reason: 'polling', action: 'polls' }]);
});

it('tells a file from one of the same size and time', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  const { atime, mtime } = statSync(project.path('src/hello.c'));
  project.write('src/hello.c.new~', project.read('src/hello.c').replace('Hello', 'Howdy'));
  utimesSync(project.path('src/hello.c.new~'), atime, mtime);
  project.rename('src/hello.c.new~', 'src/hello.c');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
  expect(await project.run('result/bin/main')).toBe('Howdy, World!\n');
});

it('takes a time that lies in the past, or in the future, for what it is', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  for (const [from, to, seconds] of [
    ['Hello', 'Howdy', 1],
    ['Howdy', 'Later', 4_000_000_000],
    ['Later', 'Again', 4_000_000_000],
  ] as const) {
    project.edit('src/hello.c', from, to);
    utimesSync(project.path('src/hello.c'), seconds, seconds);
    await makenix.cyclesUntil(async () => (await project.run('result/bin/main')) === `${to}, World!\n`);
  }
});

it('builds a file that is removed and made again', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  const source = project.read('src/hello.c');
  project.remove('src/hello.c');
  project.write('src/hello.c', source.replace('Hello', 'Goodbye'));
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', failures: [], rebuilt: ['main', 'src/hello.o'] });
  expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
});

it('minds no lock of an editor, which is a link that leads nowhere', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  symlinkSync('somebody@host.1234:1795000000', project.path('src/.#hello.c'));
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  const cycle = await makenix.cycle();
  expect(cycle).toMatchObject({ outcome: 'built', failures: [], rebuilt: ['main', 'src/hello.o'] });
  expect(cycle.events.filter(({ kind }) => kind === 'cycle-started')).toHaveLength(1);
});

/** The next save is heard of: of all that happens from now on, only what is kept from it is missed. */
async function expectToHear(makenix: Watch, project: TestProject, lossy: LossyWatch, word: string): Promise<void> {
  project.edit('src/hello.c', word, 'Welcome');
  await makenix.cyclesUntil(async () => (await project.run('result/bin/main')) === 'Welcome, World!\n');
  lossy.lose('makenix.json');
  project.append('makenix.json', '\n');
  expect(await makenix.aside('watch-degraded')).toMatchObject({ reason: 'lost-events', paths: ['makenix.json'] });
}
