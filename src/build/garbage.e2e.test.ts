import { expect, it } from 'vitest';
import { run } from '../testing/execute.ts';
import { build } from '../testing/makenix.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

const collectGarbage = ({ root, store }: TestProject): Promise<string> =>
  run('nix', ['store', 'gc', '--extra-experimental-features', 'nix-command ca-derivations', '--store', store], root);

it.each(['content', 'input'])('keeps objects from being collected, addressed by %s', async (addressing) => {
  const project = copyFixture('hello');
  await build(project, '--addressing', addressing);
  await collectGarbage(project);
  expect(await project.run('result/bin/main')).toBe('Hello, World!\n');

  project.edit('src/world.c', 'World', 'Everybody');
  const cycle = await build(project, '--addressing', addressing);
  expect(cycle).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/world.o'] });
});

it('keeps what was built a moment before the watch was ended', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
  await makenix.interrupt();
  await collectGarbage(project);
  expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
  expect(await build(project)).toMatchObject({ outcome: 'up-to-date' });
});

it('makes anew what was collected all the same', async () => {
  const project = copyFixture('hello');
  const { outputs } = await build(project);
  await run('find', [`${project.store}/nix/var/nix/gcroots`, '-type', 'l', '-delete'], project.root);
  project.remove('result');
  await collectGarbage(project);

  const cycle = await build(project);
  expect(cycle.outcome).toBe('built');
  expect(cycle.outputs).toEqual(outputs);
  expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
});

it('makes anew, while it watches, what was collected all the same', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  await run('find', [`${project.store}/nix/var/nix/gcroots`, '-type', 'l', '-delete'], project.root);
  project.remove('result');
  await collectGarbage(project);

  project.edit('src/hello.c', 'Hello', 'Goodbye');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'built', failed: [], failures: [] });
  expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
});

it('is right after all where garbage is collected while it builds', async () => {
  const project = copyFixture('hello');
  // Where a collection comes in between, `nix build` fails, and the next save has it try again.
  const makenix = await watch(project, ['--engine', 'daemon']);
  let word = 'Hello';
  for (const next of ['One', 'Two', 'Three', 'Hello', 'Four', 'Two']) {
    const collecting = collectGarbage(project);
    project.edit('src/hello.c', word, next);
    word = next;
    const cycles = await makenix.cyclesUntil(async () => (await printed(project)) === `${next}, World!\n`);
    expect(cycles.flatMap(({ failures, failed }) => [...failures, ...failed])).toEqual([]);
    await collecting;
  }
  await makenix.interrupt();
  // What the last collection took after all is made anew; with nobody else around, that stays.
  expect(await build(project)).toMatchObject({ failures: [], failed: [] });
  expect(await project.run('result/bin/main')).toBe('Two, World!\n');
  await collectGarbage(project);
  expect(await build(project)).toMatchObject({ outcome: 'up-to-date' });
});

const printed = (project: TestProject): Promise<string | undefined> =>
  project.run('result/bin/main').catch(() => undefined);
