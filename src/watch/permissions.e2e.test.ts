import { chmodSync, utimesSync } from 'node:fs';
import { expect, it } from 'vitest';
import { copyFixture } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

it('hears that a source may now be executed, though somebody has read it since it was written', async () => {
  const project = copyFixture('hello');
  utimesSync(project.path('src/hello.c'), new Date(), new Date(Date.now() - 60_000));
  const makenix = await watch(project);

  chmodSync(project.path('src/hello.c'), 0o755);

  const cycle = await makenix.cycle();
  expect(cycle).toMatchObject({ outcome: 'built', rebuilt: ['src/hello.o'], cutOff: ['main'] });
});
