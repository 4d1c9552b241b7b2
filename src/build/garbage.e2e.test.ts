import { expect, it } from 'vitest';
import { run } from '../testing/execute.ts';
import { build } from '../testing/makenix.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';

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
