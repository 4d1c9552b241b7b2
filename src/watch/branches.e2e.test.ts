import { expect, it } from 'vitest';
import { repositoryAt } from '../testing/git.ts';
import { projectOf, type TestProject } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

const units = 100;
const headersEach = 24;

it('takes a branch of thousands of other files in one cycle, and compiles nothing when it goes back', async () => {
  const project = projectOf({ 'src/main.c': 'int main(void) { return 0; }\n' });
  const { git, commitAll } = await repositoryAt(project.root);
  writeUnits(project, 'one');
  await commitAll('one');
  await git('checkout', '--quiet', '-b', 'other');
  writeUnits(project, 'two');
  // Some are there only on one of the branches.
  project.write('src/u0/more.c', 'int more;\n');
  project.remove('src/u1');
  await commitAll('two');
  await git('checkout', '--quiet', 'main');
  const makenix = await watch(project);

  await git('checkout', '--quiet', 'other');
  const there = await makenix.cycle();
  expect(there).toMatchObject({ outcome: 'built', failures: [], failed: [] });
  const objects = Array.from({ length: units }, (_, i) => `src/u${i}/unit.o`).filter(
    (name) => name !== 'src/u1/unit.o',
  );
  expect(there.rebuilt).toEqual(['project', 'src/u0/more.o', ...objects].sort());
  expect(there.reused).toBe(1);

  await git('checkout', '--quiet', 'main');
  const back = await makenix.cycle();
  expect(back).toMatchObject({ failures: [], failed: [], rebuilt: [] });
  expect(back.outputs).toEqual(makenix.first.outputs);

  const { events } = await makenix.interrupt();
  const finished = events.flatMap((event) => (event.kind === 'cycle-finished' ? [event.outcome] : []));
  expect(finished.filter((outcome) => outcome !== 'cancelled')).toHaveLength(3);
});

function writeUnits(project: TestProject, version: string): void {
  for (let unit = 0; unit < units; unit++) {
    const headers = Array.from({ length: headersEach }, (_, i) => `h${i}.h`);
    for (const header of headers) project.write(`src/u${unit}/${header}`, `/* ${version} */\n`);
    const includes = headers.map((header) => `#include "${header}"\n`).join('');
    project.write(`src/u${unit}/unit.c`, `${includes}int unit${unit} = sizeof "${version}";\n`);
  }
}
