import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configFile, planFile } from '../plan/definition-files.ts';
import { eventsOf } from '../testing/event-log.ts';
import { build, makenix } from '../testing/makenix.ts';
import { projectOf, type TestProject } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

/* What is no file, or far too much of one, costs its own unit or a clear refusal, and never the end. */

const main = { 'src/main.c': 'int main(void) { return 0; }\n' };
const pipeAt = (project: TestProject, path: string): void => void execFileSync('mkfifo', [project.path(path)]);

describe('a build', () => {
  it('passes over what has the name of a source and is no file', async () => {
    const project = projectOf(main);
    pipeAt(project, 'src/pipe.c');
    mkdirSync(project.path('src/directory.c'));
    symlinkSync('nowhere.c', project.path('src/dangling.c'));
    symlinkSync('loop.c', project.path('src/loop.c'));
    symlinkSync('pipe.c', project.path('src/to-pipe.c'));
    symlinkSync('/dev/zero', project.path('src/zero.c'));
    symlinkSync('.', project.path('src/circle'));
    expect(await build(project)).toMatchObject({ outcome: 'built', rebuilt: ['project', 'src/main.o'] });
  });

  it('names the pipe that a unit includes, and builds the others', async () => {
    const project = projectOf({
      'makenix.json': JSON.stringify({
        targets: { main: { sources: ['src/main.c'] }, pipe: { sources: ['src/p.c'] } },
      }),
      ...main,
      'src/p.c': '#include "h.h"\nint main(void) { return 0; }\n',
      'src/h.h': '#include "pipe.h"\n',
    });
    pipeAt(project, 'src/pipe.h');
    const { outcome, rebuilt, events } = await build(project);
    expect([outcome, rebuilt]).toEqual(['failed', ['main', 'src/main.o']]);
    expect(eventsOf(events, 'failure')).toMatchObject([
      { failure: { kind: 'scan-stuck', source: 'src/p.c', path: 'src/pipe.h' } },
    ]);
  });

  it.each([configFile, planFile])('refuses a %s that is a pipe, a directory, or endless', async (file) => {
    for (const make of [
      (project: TestProject) => pipeAt(project, file),
      (project: TestProject): void => {
        mkdirSync(project.path(file));
      },
      (project: TestProject): void => {
        symlinkSync('/dev/zero', project.path(file));
      },
    ]) {
      const project = projectOf(main);
      make(project);
      const { failures, events } = await build(project);
      expect(failures).toEqual(['config-invalid']);
      expect(eventsOf(events, 'failure')).toMatchObject([
        { failure: { file, problem: 'it is no file that can be read' } },
      ]);
    }
  });

  it.each([
    [configFile, '['.repeat(100_000), 'nested too deeply'],
    [configFile, `{ "targets": ${'{"a":'.repeat(100_000)}`, 'nested too deeply'],
    [planFile, '['.repeat(100_000), 'nested too deeply'],
    [planFile, `{"version":1,"objects":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}`, 'nested too deeply'],
  ])('refuses a %s of a hundred thousand brackets', async (file, text, problem) => {
    const { failures, events } = await build(projectOf({ ...main, [file]: text }));
    expect(failures).toEqual(['config-invalid']);
    expect(eventsOf(events, 'failure')).toMatchObject([{ failure: { file, problem } }]);
  });

  it.each([configFile, planFile])('refuses a %s of 100 MB', async (file) => {
    const project = projectOf({ ...main, [file]: '{}' });
    truncateSync(project.path(file), 100_000_000);
    const { failures, events } = await build(project);
    expect(failures).toEqual(['config-invalid']);
    expect(eventsOf(events, 'failure')).toMatchObject([{ failure: { file, problem: 'it is larger than 64 MiB' } }]);
  });

  it('gets through a header that includes itself, 10,000 includes and a line of 10 MB', async () => {
    const headers = Array.from({ length: 10_000 }, (_, i) => `h/${i}.h`);
    const project = projectOf({
      'makenix.json': JSON.stringify({ targets: { main: { sources: ['src/*.c'] } } }),
      'src/main.c': '#include "self.h"\nint main(void) { return self; }\n',
      'src/self.h': '#ifndef DEPTH\n#define DEPTH 1\n#include "self.h"\n#else\nstatic const int self = 0;\n#endif\n',
      'src/many.c': `${headers.map((path) => `#include "../${path}"\n`).join('')}int many;\n`,
      ...Object.fromEntries(headers.map((path) => [path, ''])),
      'src/long.c': `const char long_line[] = "${'x'.repeat(10_000_000)}";\n`,
    });
    expect(await build(project)).toMatchObject({ outcome: 'built', failures: [] });
  });

  it('says what the compiler says of a header that includes itself for ever', async () => {
    const project = projectOf({ ...main, 'src/a.c': '#include "a.h"\n', 'src/a.h': '#include "a.h"\n' });
    const { outcome, failed, diagnostics } = await build(project);
    expect([outcome, failed]).toEqual(['failed', ['src/a.o']]);
    expect(diagnostics.join('\n')).toMatch(/src\/a\.h:1:\d+: error: #include nested depth/);
  });
});

describe('makenix import --compile-commands', () => {
  it.each([
    ['a hundred thousand brackets', '['.repeat(100_000), 'nested too deeply'],
    [
      'entries nested without an end',
      `[{"directory":"/","file":"a","arguments":${'['.repeat(100_000)}`,
      'nested too deeply',
    ],
  ])('refuses %s', async (_, text, problem) => {
    const project = projectOf({ ...main, 'compile_commands.json': text });
    const ended = await makenix([
      'import',
      '--json',
      '-C',
      project.root,
      '--compile-commands',
      project.path('compile_commands.json'),
    ]);
    expect(eventsOf(ended.events, 'failure')).toMatchObject([{ failure: { kind: 'config-invalid', problem } }]);
    expect(ended.exitCode).toBe(2);
  });

  it('refuses one that is far too large', async () => {
    const project = projectOf({ ...main, 'compile_commands.json': '[]' });
    truncateSync(project.path('compile_commands.json'), 3_000_000_000);
    const ended = await makenix([
      'import',
      '--json',
      '-C',
      project.root,
      '--compile-commands',
      project.path('compile_commands.json'),
    ]);
    expect(eventsOf(ended.events, 'failure')).toMatchObject([{ failure: { problem: 'it is larger than 256 MiB' } }]);
  });
});

it('goes on watching through all of it', async () => {
  const project = projectOf(main);
  const watching = await watch(project);
  project.write(configFile, '['.repeat(100_000));
  expect(await watching.cycle()).toMatchObject({ outcome: 'failed', failures: ['config-invalid'] });
  project.remove(configFile);
  pipeAt(project, configFile);
  const [last] = (await watching.cyclesUntil(({ events }) => JSON.stringify(events).includes('no file that'))).slice(
    -1,
  );
  expect(last).toMatchObject({ outcome: 'failed', failures: ['config-invalid'] });
  project.remove(configFile);
  project.append('src/main.c', 'int x;\n');
  const cycles = await watching.cyclesUntil(({ outcome }) => outcome === 'built');
  expect(cycles.at(-1)?.rebuilt).toEqual(['project', 'src/main.o']);
  await watching.interrupt();
});
