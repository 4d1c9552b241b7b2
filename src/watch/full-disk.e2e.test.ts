import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventsOf } from '../testing/event-log.ts';
import { run } from '../testing/execute.ts';
import { freshExpression } from '../testing/fresh-expression.ts';
import { buildWith } from '../testing/makenix.ts';
import { smallDisk } from '../testing/mounts.ts';
import { copyFixture, openProject } from '../testing/project.ts';
import { storeParent, temporaryDirectory } from '../testing/temporary.ts';
import { watch } from '../testing/watch.ts';

const halfWritten = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.makenix-tmp'));

it('of the project: says so, lives on, and writes what is missing once there is space', async () => {
  const { mounts, directory, fill, makeRoom } = await smallDisk(1);
  const { within } = mounts;
  const inside = openProject(join(directory, 'hello'), join(temporaryDirectory(storeParent()), 'store'));
  mkdirSync(mounts.seen(inside.root));
  const project = copyFixture('hello', openProject(mounts.seen(inside.root), inside.store));
  const makenix = await watch(inside, [], { within });

  fill();
  // The page that the file had is free while it is written.
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
  expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
  expect(await makenix.aside('write-failed')).toMatchObject({
    cost: 'memory',
    failure: { path: '.makenix/state.json', reason: 'no-space' },
  });

  project.edit('src/hello.c', '#include "hello.h"', '#include "hello.h"\n#include "world.h"');
  const full = await makenix.cycle();
  expect(full).toMatchObject({ outcome: 'failed', failures: ['state-unwritable'], rebuilt: [] });
  expect(eventsOf(full.events, 'failure')[0]?.failure).toMatchObject({ path: 'derivation.nix', reason: 'no-space' });
  expect(halfWritten(project.root)).toEqual([]);

  makeRoom();
  project.edit('src/world.c', 'World', 'Everybody');
  const mended = await makenix.cycle();
  expect(mended).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o', 'src/world.o'], failures: [] });
  expect(await project.run('result/bin/main')).toBe('Goodbye, Everybody!\n');
  expect(project.read('derivation.nix')).toBe(await freshExpression(project));

  const { stderr } = await makenix.interrupt();
  expect(stderr).toContain(
    'warning: cannot write .makenix/state.json: no space left on device; the next run has to find out anew what this one knows\n' +
      '  hint: free some space; the next build writes it\n',
  );
  expect(stderr.split('.makenix/state.json')).toHaveLength(2);
  expect(stderr).toContain('error: cannot write derivation.nix: no space left on device\n  hint: free some space');
  expect(await buildWith(inside, { within })).toMatchObject({ outcome: 'up-to-date', outputs: mended.outputs });
});

it('of the store: fails what it has to, says why, lives on, and builds once there is space', async () => {
  const { mounts, directory, fill, makeRoom } = await smallDisk(48);
  const project = copyFixture('hello');
  const makenix = await watch({ ...project, store: join(directory, 'store') }, [], { within: mounts.within });
  const edit = (number: number): void => project.append('src/hello.c', `\nint edit_${number};\n`);

  // Nix's database gives some space back before it is at its end.
  const outcomes = [];
  while (outcomes.at(-1) !== 'failed' && outcomes.length < 10) {
    fill();
    edit(outcomes.length);
    const { outcome, rebuilt, outputs } = await makenix.cycle();
    outcomes.push(outcome);
    if (outcome === 'failed') expect([rebuilt.includes('main'), outputs]).toEqual([false, []]);
  }
  expect(outcomes.at(-1)).toBe('failed');

  makeRoom();
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  const mended = await makenix.cycle();
  expect(mended).toMatchObject({ outcome: 'built', failed: [], failures: [] });
  expect(mended.rebuilt).toEqual(['main', 'src/hello.o']);
  const { stderr } = await makenix.interrupt();
  // Of a step, its own program says so, and of the rest, Nix does.
  expect(stderr).toMatch(/No space left on device|disk is full/);
  const program = mounts.seen(`${directory}/store${mended.outputs[0]?.outPath ?? ''}/bin/main`);
  expect(await run(program, [], project.root)).toBe('Goodbye, World!\n');
});
