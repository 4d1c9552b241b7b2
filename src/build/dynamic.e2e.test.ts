import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDynamic } from '../testing/dynamic.ts';
import { editingBy } from '../testing/editing.ts';
import { run } from '../testing/execute.ts';
import { build, makenix, projectOptions } from '../testing/makenix.ts';
import { copyFixture, projectOf, repository } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

/** What any edit of a source runs, and what a scan adds. */
const derived = ['link', 'object', 'projection'];
const scanned = ['link', 'object', 'plan', 'projection', 'scan'];

const variable = 'static const int twice __attribute__((used)) = 2;\n\n#endif';

describeDynamic('dynamic mode', () => {
  describe.each(['build', 'watch'] as const)('by makenix %s', (command) => {
    const start = (project: ReturnType<typeof copyFixture>) => editingBy[command](project, '--dynamic');

    it('compiles every object and links', async () => {
      const project = copyFixture('hello');
      const { first } = await start(project);
      expect(first).toMatchObject({
        outcome: 'built',
        rebuilt: ['main', 'src/hello.o', 'src/main.o', 'src/world.o'],
        cutOff: [],
        failed: [],
        reused: 0,
        stages: ['link', 'object', 'plan', 'projection', 'projection', 'scan'],
      });
      expect(first.because('src/hello.o')).toEqual(['src/hello.c first-seen']);
      expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
      expect(project.exists('derivation.nix')).toBe(false);
    });

    it('rebuilds an edited source and links, says why, and does not scan', async () => {
      const project = copyFixture('hello');
      const { after } = await start(project);
      const cycle = await after(() => project.edit('src/hello.c', 'Hello', 'Goodbye'));
      expect(cycle).toMatchObject({ rebuilt: ['main', 'src/hello.o'], reused: 2, stages: derived, edges: [] });
      expect(cycle.because('src/hello.o')).toEqual(['src/hello.c modified']);
      expect(cycle.because('main')).toEqual(['src/hello.o rebuilt']);
      expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
    });

    it('cuts the link off after an edit of a comment', async () => {
      const project = copyFixture('hello');
      const { first, after } = await start(project);
      const cycle = await after(() => project.append('src/hello.c', '/* Nothing but a comment. */\n'));
      expect(cycle).toMatchObject({ outcome: 'built', rebuilt: ['src/hello.o'], cutOff: ['main'], reused: 2 });
      expect(cycle.stages).toEqual(derived);
      expect(cycle.because('main')).toEqual(['src/hello.o rebuilt']);
      expect(cycle.outputs[0]?.outPath).toBe(first.outputs[0]?.outPath);
    });

    it('rebuilds exactly the dependents of an edited header, and does not scan', async () => {
      const project = copyFixture('hello');
      const { after } = await start(project);
      const cycle = await after(() => project.edit('src/hello.h', '#endif', variable));
      expect(cycle).toMatchObject({ rebuilt: ['main', 'src/hello.o', 'src/main.o'], reused: 1, stages: derived });
      expect(cycle.because('src/main.o')).toEqual(['src/hello.h modified']);
    });

    it('compiles a new source and links, and no more; forgets it when it goes', async () => {
      const project = copyFixture('hello');
      const { first, after } = await start(project);
      const cycle = await after(() => project.write('src/extra.c', '#include "world.h"\nint extra;\n'));
      expect(cycle).toMatchObject({ rebuilt: ['main', 'src/extra.o'], reused: 3, stages: scanned });
      expect(cycle.edges).toEqual(['+src/extra.o src/extra.c', '+src/extra.o src/world.h']);
      expect(cycle.because('main')).toContain('src/extra.o added');

      const gone = await after(() => project.remove('src/extra.c'));
      expect(gone).toMatchObject({ rebuilt: [], outputs: first.outputs, stages: [] });
      expect(gone.edges).toEqual(['-src/extra.o src/extra.c', '-src/extra.o src/world.h']);
    });

    it('scans for an include of a header that is there', async () => {
      const project = copyFixture('hello');
      const { after } = await start(project);
      const cycle = await after(() =>
        project.edit('src/hello.c', '#include "hello.h"\n', '#include "hello.h"\n#include "world.h"\n'),
      );
      expect(cycle.edges).toEqual(['+src/hello.o src/world.h']);
      expect(cycle.stages).toEqual(scanned);
      expect(cycle.rebuilt).toContain('src/hello.o');
      expect(cycle.because('src/hello.o')).toEqual(['src/hello.c modified', 'src/world.h added']);
    });

    it('rebuilds nothing for an edit that is taken back', async () => {
      const project = copyFixture('hello');
      const { first, after } = await start(project);
      const source = project.read('src/hello.c');
      await after(() => project.edit('src/hello.c', 'Hello', 'Goodbye'));
      const cycle = await after(() => project.write('src/hello.c', source));
      expect(cycle).toMatchObject({ rebuilt: [], failed: [], outputs: first.outputs, stages: [] });
      expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
    });

    it('goes on after a failure', async () => {
      const project = copyFixture('hello');
      const { after } = await start(project);
      const broken = await after(() =>
        project.edit('src/world.c', '#include "world.h"\n', '#include "world.h"\nint broken = ;\n'),
      );
      expect(broken).toMatchObject({ outcome: 'failed', failed: ['src/world.o'] });
      expect(broken.diagnostics[0]).toMatch(/^src\/world\.c:\d+:14: error: expected expression before ';' token$/);
      const mended = await after(() => project.edit('src/world.c', 'int broken = ;\n', 'int mended = 1;\n'));
      expect(mended).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/world.o'] });
    });
  });

  it('answers anew what a header that comes or goes decides', async () => {
    const project = projectOf({
      'makenix.json': JSON.stringify({ include: ['first', 'second'], targets: { main: { sources: ['src/*.c'] } } }),
      'second/which.h': '#define WHICH "second"\n',
      'src/main.c': [
        '#include <stdio.h>',
        '#include <which.h>',
        '#if __has_include("extra.h")',
        '#include "extra.h"',
        '#endif',
        '#ifndef EXTRA',
        '#define EXTRA "no"',
        '#endif',
        'int main(void) { puts(WHICH ", " EXTRA); return 0; }',
        '',
      ].join('\n'),
      'src/other.c': 'int other;\n',
    });
    const makenix = await watch(project, ['--dynamic']);
    expect(await project.run('result/bin/main')).toBe('second, no\n');

    project.write('first/which.h', '#define WHICH "first"\n');
    const shadowed = await makenix.cycle();
    expect(shadowed).toMatchObject({ rebuilt: ['main', 'src/main.o'] });
    expect(shadowed.stages).toContain('scan');
    expect(shadowed.edges).toEqual(['+src/main.o first/which.h', '-src/main.o second/which.h']);
    expect(await project.run('result/bin/main')).toBe('first, no\n');

    project.write('src/extra.h', '#define EXTRA "extra"\n');
    const answered = await makenix.cycle();
    expect(answered).toMatchObject({ rebuilt: ['main', 'src/main.o'], edges: ['+src/main.o src/extra.h'] });
    expect(await project.run('result/bin/main')).toBe('first, extra\n');

    project.remove('first/which.h');
    expect((await makenix.cycle()).edges).toEqual(['+src/main.o second/which.h', '-src/main.o first/which.h']);
    expect(await project.run('result/bin/main')).toBe('second, extra\n');
  });

  it('scans only the parts that a change of directives can concern', async () => {
    const names = Array.from({ length: 70 }, (_, i) => `src/u${i}.c`);
    const project = projectOf({
      'src/main.c': 'int main(void) { return 0; }\n',
      'src/common.h': '#define COMMON 1\n',
      'src/rare.h': '#define RARE 1\n',
      ...Object.fromEntries(names.map((name, i) => [name, `#include "common.h"\nint u${i} = COMMON;\n`])),
    });
    const first = await build(project, '--dynamic');
    const parts = first.stages.filter((stage) => stage === 'scan').length;
    expect(parts).toBeGreaterThan(2);

    project.write('src/u7.c', '#include "common.h"\n#include "rare.h"\nint u7 = RARE;\n');
    const one = await build(project, '--dynamic');
    expect(one.stages.filter((stage) => stage === 'scan')).toHaveLength(1);
    expect(one.rebuilt).toContain('src/u7.o');

    project.append('src/rare.h', '#define OTHER 2\n');
    const rare = await build(project, '--dynamic');
    expect(rare.stages.filter((stage) => stage === 'scan')).toHaveLength(1);
    expect(rare.rebuilt).toEqual(['src/u7.o']);

    project.append('src/common.h', '#define OTHER 2\n');
    const common = await build(project, '--dynamic');
    expect(common.stages.filter((stage) => stage === 'scan').length).toBeGreaterThan(2);
    expect(common.rebuilt).toHaveLength(70);
  });

  it('gives Lua the outputs that it has without', async () => {
    const project = projectOf({}, 'lua');
    await run(process.execPath, [join(repository, 'scripts/fetch-source.mjs'), 'lua5.4', project.root], repository);
    copyFileSync(join(repository, 'fixtures/lua/makenix.json'), project.path('makenix.json'));
    const dynamic = await build(project, '--dynamic');
    expect(dynamic.outcome).toBe('built');
    const lua = `${dynamic.outputs.find(({ target }) => target === 'lua')?.link}/bin/lua`;
    expect(await project.run(lua, '-e', 'print(_VERSION)')).toBe('Lua 5.4\n');

    // By its own path too: everything is there already.
    const unchanged = await build(project);
    expect(unchanged).toMatchObject({ rebuilt: [], failed: [], outputs: dynamic.outputs });
    project.append('src/lstring.c', 'const char makenix_was_here[] = "here";\n');
    const edited = await build(project);
    expect(edited.rebuilt).toEqual(['liblua', 'lua', 'luac', 'src/lstring.o']);
    expect(await build(project, '--dynamic')).toMatchObject({ rebuilt: [], outputs: edited.outputs });
  });

  it('is told by doctor how to build the same by plain Nix', async () => {
    const project = copyFixture('hello');
    const init = await makenix(['init', '--dynamic', '-C', project.root, '--toolchain', 'host']);
    expect(init.stdout).toContain('wrote default.nix\n');
    const { outputs } = await build(project, '--dynamic');
    const { stdout } = await makenix(['doctor', ...projectOptions(project)]);
    expect(stdout).toMatch(/^dynamic mode {3}yes$/m);
    const command = stdout.split('\n').findLast((line) => line.startsWith('  nix build '));
    const built = await run('sh', ['-c', `${command} --no-link --print-out-paths targets.main`], project.root);
    expect(built).toBe(`${outputs[0]?.outPath}\n`);
  });

  it('leaves a default.nix alone that is not of makenix', async () => {
    const project = copyFixture('hello');
    project.write('default.nix', '{ }\n');
    const { exitCode, stderr } = await makenix(['init', '--dynamic', '-C', project.root, '--toolchain', 'host']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: default\.nix is there already, and is not of makenix$/m);
    expect(project.read('default.nix')).toBe('{ }\n');
    expect(project.exists('nix')).toBe(false);
  });

  it('brings the library of a project up to date, and nothing else of it', async () => {
    const project = copyFixture('hello');
    const init = () => makenix(['init', '--dynamic', '-C', project.root, '--toolchain', 'host']);
    await init();
    expect((await init()).stdout).toContain('nothing to write: all of it is there\n');
    project.append('nix/makenix/tree.nix', '# of another version\n');
    project.append('default.nix', '# ours\n');
    expect((await init()).stdout).toMatch(/^wrote nix\/makenix\/tree\.nix\nbuild it with/);
    expect(project.read('default.nix')).toContain('# ours\n');
  });

  it('says at init which sources makenix.json has to name', async () => {
    const project = projectOf({
      'src/main.c': '#include "part.c"\nint main(void) { return part(); }\n',
      'src/part.c': 'static inline int part(void) { return 0; }\n',
    });
    const { stdout } = await makenix(['init', '--dynamic', '-C', project.root, '--toolchain', 'host']);
    expect(stdout).toContain('makenix.json needs  "included": ["src/part.c"]\n');
  });

  it('builds only the targets asked for', async () => {
    const project = copyFixture('mixed');
    const { rebuilt, outputs } = await build(project, '--dynamic', 'shout');
    expect(rebuilt).toEqual(['shout', 'text', 'text/repeat.o', 'text/upper.o', 'tools/shout.o']);
    expect(outputs.map(({ target }) => target)).toEqual(['shout']);
    expect(await project.run('result/bin/shout')).toBe('HELLO HELLO\n');
  });

  it('says what is wrong with a project before Nix is asked', async () => {
    const project = copyFixture('hello');
    project.edit('makenix.json', '"sources"', '"cflag": [], "sources"');
    const { exitCode, stderr } = await makenix(['build', '--dynamic', ...projectOptions(project)]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error: makenix.json:5:7: unknown key "cflag"');
  });

  it('does not take input-addressed derivations', async () => {
    const project = copyFixture('hello');
    const options = ['--dynamic', '--addressing', 'input', ...projectOptions(project)];
    const { exitCode, stderr } = await makenix(['build', ...options]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: --dynamic needs content-addressed derivations$/m);
  });
});
