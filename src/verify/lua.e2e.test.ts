import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventsOf } from '../testing/event-log.ts';
import { run } from '../testing/execute.ts';
import { makenix, projectOptions } from '../testing/makenix.ts';
import { projectOf, repository } from '../testing/project.ts';

it('finds every object of Lua to be what a compile in the tree makes', async () => {
  const project = projectOf({}, 'lua');
  await run(process.execPath, [join(repository, 'scripts/fetch-source.mjs'), 'lua5.4', project.root], repository);
  copyFileSync(join(repository, 'fixtures/lua/makenix.json'), project.path('makenix.json'));
  const { exitCode, events } = await makenix(['verify', '--json', ...projectOptions(project)]);
  expect(eventsOf(events, 'object-verified').filter(({ outcome }) => outcome !== 'same')).toEqual([]);
  const [cycle] = eventsOf(events, 'cycle-finished');
  const objects = cycle?.rebuilt.filter((name) => name.endsWith('.o')).length;
  expect(objects).toBeGreaterThan(30);
  expect(eventsOf(events, 'verification-finished')).toMatchObject([{ outcome: 'verified', same: objects, mapped: 0 }]);
  expect(exitCode).toBe(0);
});
