import { describe, expect, it } from 'vitest';
import { editingBy } from '../testing/editing.ts';
import { build, makenix, projectOptions } from '../testing/makenix.ts';
import { copyFixture, projectOf } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

it('builds every unit that can be built, and names those that cannot', async () => {
  const project = projectOf({
    'src/first.c': 'int first = ;\n',
    'src/good.c': 'int good = 1;\n',
    'src/main.c': 'int main(void) { return 0; }\n',
    'src/second.c': '#include "none.h"\nint second(void) { return NONE; }\n',
    'src/third.c': 'int third(void) { return undeclared; }\n',
  });
  const cycle = await build(project);
  expect(cycle).toMatchObject({
    outcome: 'failed',
    rebuilt: ['src/good.o', 'src/main.o'],
    failed: ['src/first.o', 'src/second.o', 'src/third.o'],
    outputs: [],
  });
  expect(cycle.diagnostics).toEqual(
    expect.arrayContaining([
      "src/first.c:1:13: error: expected expression before ';' token",
      expect.stringMatching(/^src\/third\.c:1:26: error: .undeclared. undeclared/),
    ]),
  );
  expect(project.exists('result')).toBe(false);
});

it('knows the products that have nothing to do with what is wrong, where nothing can be built', async () => {
  const library = (source: string): object => ({ kind: 'static-library', sources: [source] });
  const project = projectOf({
    'makenix.json': JSON.stringify({ targets: { good: library('good.c'), bad: library('bad.c') } }),
    'good.c': 'int good;\n',
    'bad.c': 'int bad;\n',
  });
  const { outputs } = await build(project);
  expect(outputs.map(({ target }) => target)).toEqual(['good', 'bad']);

  project.append('bad.c', '#include "none.h"\n');
  const failed = await build(project);
  expect(failed).toMatchObject({ outcome: 'failed', rebuilt: [], failed: ['bad.o'], outputs: [outputs[0]] });
});

it('does so with more units than Nix is given at once', async () => {
  const units = Array.from({ length: 24 }, (_, i) => `src/unit-${i}.c`);
  const project = projectOf(Object.fromEntries(units.map((unit, i) => [unit, `int unit_${i} = ${i};\n`])));
  project.write('src/main.c', 'int main(void) { return 0; }\n');
  const broken = ['src/unit-3.c', 'src/unit-20.c'];
  for (const unit of broken) project.append(unit, 'broken');

  const failed = await build(project);
  expect(failed).toMatchObject({ outcome: 'failed', failed: ['src/unit-20.o', 'src/unit-3.o'] });
  expect(failed.rebuilt).toHaveLength(units.length + 1 - broken.length);

  for (const unit of broken) project.edit(unit, 'broken', '');
  const mended = await build(project);
  expect(mended).toMatchObject({ outcome: 'built', rebuilt: ['project', 'src/unit-20.o', 'src/unit-3.o'] });
});

it('reports all that is wrong with a project, each thing once', async () => {
  const project = copyFixture('broken');
  const { exitCode, stderr } = await makenix(['build', ...projectOptions(project)]);
  expect(exitCode).toBe(1);
  expect(stderr.match(/src\/greeting\.c:6:33: error: /g)).toHaveLength(1);
  expect(stderr.match(/src\/settings\.c:2:10: 'settings\.h' not found/g)).toHaveLength(1);
});

it('names the same failures again where nothing was mended', async () => {
  const project = copyFixture('broken');
  const first = await build(project);
  const second = await build(project);
  expect(second).toMatchObject({ outcome: 'failed', rebuilt: [], failed: first.failed });
  expect(second.diagnostics.filter((line) => line.includes('greeting.c:6'))).toHaveLength(1);
});

describe.each(['build', 'watch'] as const)('by makenix %s', (command) => {
  it('repeats the warnings of what was not compiled again', async () => {
    const project = copyFixture('mixed');
    const warning = "text/repeat.c:7:9: warning: unused variable 'unused' [-Wunused-variable]";
    const { first, after, stop } = await editingBy[command](project);
    expect(first.diagnostics).toEqual([warning]);

    const other = await after(() => project.edit('text/upper.c', 'toupper', '(toupper)'));
    expect(other.rebuilt).not.toContain('text/repeat.o');
    expect(other.diagnostics).toEqual([`(replayed) ${warning}`]);

    const mended = await after(() => project.edit('text/repeat.c', 'int unused = times;', ''));
    expect(mended.rebuilt).toContain('text/repeat.o');
    expect(mended.diagnostics).toEqual([]);

    const back = await after(() => project.edit('text/repeat.c', '    \n    for', '    int unused = times;\n    for'));
    expect(back.rebuilt).toEqual([]);
    expect(back.diagnostics).toEqual([`(replayed) ${warning}`]);

    await stop();
    const restarted = await watch(project);
    expect(restarted.first).toMatchObject({ outcome: 'up-to-date', diagnostics: [`(replayed) ${warning}`] });
  });
});
