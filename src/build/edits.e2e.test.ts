import { chmodSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { editingBy } from '../testing/editing.ts';
import { lineDiff } from '../testing/line-diff.ts';
import { copyFixture } from '../testing/project.ts';

describe.each(['build', 'watch'] as const)('by makenix %s', (command) => {
  const start = editingBy[command];

  it('compiles every object and links', async () => {
    const project = copyFixture('hello');
    const { first } = await start(project);
    expect(first).toMatchObject({
      outcome: 'built',
      rebuilt: ['main', 'src/hello.o', 'src/main.o', 'src/world.o'],
      cutOff: [],
      failed: [],
      reused: 0,
    });
    expect(first.outputs).toMatchObject([{ target: 'main', link: 'result' }]);
    expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
  });

  it('rebuilds an edited source and links, and says why', async () => {
    const project = copyFixture('hello');
    const { after } = await start(project);
    const cycle = await after(() => project.edit('src/hello.c', 'Hello', 'Goodbye'));
    expect(cycle).toMatchObject({
      outcome: 'built',
      rebuilt: ['main', 'src/hello.o'],
      reused: 2,
      scanned: [],
      stanzas: [],
    });
    expect(cycle.because('src/hello.o')).toEqual(['src/hello.c modified']);
    expect(cycle.because('main')).toEqual(['src/hello.o rebuilt']);
    expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
  });

  it('rebuilds what reads a file that may be executed now, as plain Nix does, and cuts the link off', async () => {
    const project = copyFixture('hello');
    const { after } = await start(project);
    const cycle = await after(() => {
      chmodSync(project.path('src/hello.c'), 0o755);
      // Of a new mode alone, a watcher need not be told.
      project.touch('src/hello.c');
    });
    expect(cycle).toMatchObject({ outcome: 'built', rebuilt: ['src/hello.o'], cutOff: ['main'], stanzas: [] });
    expect(cycle.because('src/hello.o')).toEqual(['src/hello.c modified']);
  });

  it('cuts the link off after an edit of a comment', async () => {
    const project = copyFixture('hello');
    const { first, after } = await start(project);
    const cycle = await after(() => project.append('src/hello.c', '/* Nothing but a comment. */\n'));
    expect(cycle).toMatchObject({ outcome: 'built', rebuilt: ['src/hello.o'], cutOff: ['main'], reused: 2 });
    expect(cycle.because('main')).toEqual(['src/hello.o rebuilt']);
    expect(cycle.outputs[0]?.outPath).toBe(first.outputs[0]?.outPath);
  });

  it('links after an edit of a comment where outputs are addressed by input', async () => {
    const project = copyFixture('hello');
    const { after } = await start(project, '--addressing', 'input');
    const cycle = await after(() => project.append('src/hello.c', '/* Nothing but a comment. */\n'));
    expect(cycle).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'], cutOff: [], reused: 2 });
    expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
  });

  it('rebuilds exactly the dependents of an edited header', async () => {
    const project = copyFixture('hello');
    const { after } = await start(project);
    const variable = 'static const int twice __attribute__((used)) = 2;\n\n#endif';
    const cycle = await after(() => project.edit('src/hello.h', '#endif', variable));
    expect(cycle).toMatchObject({ rebuilt: ['main', 'src/hello.o', 'src/main.o'], reused: 1, stanzas: [] });
    expect(cycle.because('src/main.o')).toEqual(['src/hello.h modified']);
  });

  it('compiles a new source and links, and no more', async () => {
    const project = copyFixture('hello');
    const { after } = await start(project);
    const cycle = await after(() => project.write('src/extra.c', '#include "world.h"\nint extra;\n'));
    expect(cycle).toMatchObject({ rebuilt: ['main', 'src/extra.o'], reused: 3, scanned: ['src/extra.c'] });
    expect(cycle.edges).toEqual(['+src/extra.o src/extra.c', '+src/extra.o src/world.h']);
    expect(cycle.stanzas).toEqual(['main', 'src/extra.o']);
    expect(cycle.because('main')).toContain('src/extra.o added');
  });

  it('forgets a source that is removed', async () => {
    const project = copyFixture('hello');
    project.write('src/extra.c', 'int extra;\n');
    const { after } = await start(project);
    const cycle = await after(() => project.remove('src/extra.c'));
    expect(cycle).toMatchObject({
      outcome: 'built',
      rebuilt: ['main'],
      reused: 3,
      edges: ['-src/extra.o src/extra.c'],
    });
    expect(cycle.because('main')).toEqual(['src/extra.o removed']);
    expect(project.read('derivation.nix')).not.toContain('extra');
  });

  it('takes one line out of derivation.nix for an include that is taken out', async () => {
    const project = copyFixture('hello');
    const { after } = await start(project);
    const before = project.read('derivation.nix');
    const cycle = await after(() => project.edit('src/hello.c', '#include "hello.h"\n', ''));
    expect(cycle.edges).toEqual(['-src/hello.o src/hello.h']);
    expect(cycle.stanzas).toEqual(['src/hello.o']);
    expect(cycle.rebuilt).toContain('src/hello.o');
    expect(cycle.because('src/hello.o')).toEqual(['src/hello.c modified', 'src/hello.h removed']);
    const diff = lineDiff(before, project.read('derivation.nix'));
    expect(diff).toEqual({ removed: ['        "src/hello.h"'], added: [] });
  });

  it('adds one line to derivation.nix for an include that is added', async () => {
    const project = copyFixture('hello');
    const { after } = await start(project);
    const before = project.read('derivation.nix');
    const cycle = await after(() =>
      project.edit('src/hello.c', '#include "hello.h"\n', '#include "hello.h"\n#include "world.h"\n'),
    );
    expect(cycle.edges).toEqual(['+src/hello.o src/world.h']);
    expect(cycle.scanned).toEqual(['src/hello.c']);
    const diff = lineDiff(before, project.read('derivation.nix'));
    expect(diff).toEqual({ removed: [], added: ['        "src/world.h"'] });
  });

  it('rebuilds nothing for an edit that is taken back', async () => {
    const project = copyFixture('hello');
    const { first, after } = await start(project);
    const [link, source] = [readlinkSync(project.path('result')), project.read('src/hello.c')];
    await after(() => project.edit('src/hello.c', 'Hello', 'Goodbye'));
    expect(readlinkSync(project.path('result'))).not.toBe(link);

    const cycle = await after(() => project.write('src/hello.c', source));
    expect(cycle).toMatchObject({ rebuilt: [], failed: [], outputs: first.outputs });
    expect(cycle.events.filter(({ kind }) => kind === 'derivation-started')).toEqual([]);
    expect(readlinkSync(project.path('result'))).toBe(link);
    expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
  });
});
