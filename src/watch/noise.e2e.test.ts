import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { freshExpression } from '../testing/fresh-expression.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';
import { watch, type Watch } from '../testing/watch.ts';

/** Makes some noise and then two edits, and expects to hear of the edits alone. */
async function expectOnlyEdits(makenix: Watch, project: TestProject, noise: () => void): Promise<void> {
  const sources = [
    ['src/hello.c', 'Hello', 'Goodbye'],
    ['src/world.c', 'World', 'Everybody'],
  ] as const;
  for (const [source, from, to] of sources) {
    noise();
    project.edit(source, from, to);
    const { events } = await makenix.cycle();
    expect(events.filter(({ kind }) => kind === 'change-observed')).toMatchObject([{ paths: [source] }]);
    expect(events.filter(({ kind }) => kind === 'cycle-started')).toHaveLength(1);
  }
  expect(await project.run('result/bin/main')).toBe('Goodbye, Everybody!\n');
}

it('hears nothing of what it writes itself', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  await expectOnlyEdits(makenix, project, () => {
    project.touch('derivation.nix');
    project.write('.makenix/state.json', '');
    project.touch('.makenix/host.nix');
    project.write('result-2', '');
    project.remove('result');
  });
});

it('hears nothing of files that are no sources', async () => {
  const project = copyFixture('hello');
  project.write('README.md', 'one\n');
  const makenix = await watch(project);
  await expectOnlyEdits(makenix, project, () => project.append('README.md', 'more\n'));
});

it('hears nothing of what editors leave beside a file for a moment', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  await expectOnlyEdits(makenix, project, () => {
    for (const name of [
      '4913',
      'src/.hello.c.swp',
      'src/hello.c~',
      'src/.#hello.c',
      'src/#hello.c#',
      'src/hello.c___jb_tmp___',
    ]) {
      project.write(name, 'half a file');
      project.remove(name);
    }
  });
});

it('hears nothing of a time stamp', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  await expectOnlyEdits(makenix, project, () => {
    project.touch('src/main.c');
    project.touch('src/world.h');
  });
});

it('builds each of several saves by rename', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  const source = project.read('src/hello.c');
  for (const word of ['Goodbye', 'Welcome', 'Hello again']) {
    project.writeAtomically('src/hello.c', source.replace('Hello', word));
    expect(await makenix.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
    expect(await project.run('result/bin/main')).toBe(`${word}, World!\n`);
  }
});

it.each([0, 5, 20, 60])('ends with the second of two writes %i ms apart', async (milliseconds) => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  const source = project.read('src/hello.c');

  project.write('src/hello.c', source.replace('Hello', 'First'));
  // Not a wait for something to happen: the distance is what this is about.
  await setTimeout(milliseconds);
  // Only who has noticed the second write knows of its header.
  project.write('src/hello.c', `#include "world.h"\n${source.replace('Hello', 'Second')}`);

  await makenix.cyclesUntil(
    async ({ outcome }) => outcome !== 'failed' && (await project.run('result/bin/main')) === 'Second, World!\n',
  );
  expect(project.read('derivation.nix')).toBe(await freshExpression(project));
});
