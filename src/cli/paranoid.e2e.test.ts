import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { planFile } from '../plan/definition-files.ts';
import { printRecordedPlan } from '../plan/recorded-plan.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { cycleOf } from '../testing/cycle.ts';
import { eventsOf } from '../testing/event-log.ts';
import { run } from '../testing/execute.ts';
import { build, makenix, projectOptions, startMakenix } from '../testing/makenix.ts';
import { findProgram } from '../testing/nix.ts';
import { projectWithPackage, smallNixpkgs, withNixpkgs } from '../testing/nixpkgs.ts';
import { copyFixture, projectOf, type TestProject } from '../testing/project.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { watch } from '../testing/watch.ts';

/** The engine that is checked, whichever the suite runs on. */
const daemon = ['--engine', 'daemon'];
const steps = ['src/hello.o', 'src/main.o', 'src/world.o', 'main'];

/**
 * Nix as it is, but that it describes the toolchain wrong: derivations that are made of what it says are not those that it
 * makes itself.
 */
function lyingNix(): { readonly env: { readonly PATH: string }; readonly calls: () => readonly string[] } {
  const directory = temporaryDirectory();
  const log = join(directory, 'calls');
  const program = join(directory, 'nix');
  const text = [
    '#!/bin/sh',
    `echo "$*" >> '${log}'`,
    'case " $* " in',
    '  *" --read-only "*) ;;',
    `  " eval "*) '${findProgram('nix')}' "$@" | sed 's/"environment":{/&"LIE":"",/'; exit ;;`,
    'esac',
    `exec '${findProgram('nix')}' "$@"`,
    '',
  ].join('\n');
  writeFileSync(program, text);
  chmodSync(program, 0o755);
  return {
    env: { PATH: `${directory}:${process.env['PATH'] ?? ''}` },
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []),
  };
}

/** What `nix-instantiate` gives for the expression that lies in the project. */
async function instantiated({ root, store }: TestProject): Promise<string> {
  const printed = await run(
    'nix-instantiate',
    [
      ...['--extra-experimental-features', 'ca-derivations', '--store', store],
      ...['--arg', 'pkgs', 'import ./.makenix/host.nix { }', '-A', 'main', 'derivation.nix'],
    ],
    root,
  );
  return printed.trim().replace(/!.*$/, '');
}

it('builds what Nix would make too, and says so', async () => {
  const project = copyFixture('hello');
  const first = await build(project, ...daemon, '--paranoid');
  expect(first).toMatchObject({ outcome: 'built', rebuilt: [...steps].sort() });
  expect(eventsOf(first.events, 'derivations-checked')).toMatchObject([{ compared: 4, differing: [] }]);
  expect(eventsOf(first.events, 'engine-fallback')).toEqual([]);
  expect(first.outputs.map(({ drvPath }) => drvPath)).toEqual([await instantiated(project)]);
  const again = await build(project, ...daemon, '--paranoid');
  expect(again.outcome).toBe('up-to-date');
  expect(eventsOf(again.events, 'derivations-checked')).toEqual([]);
});

it('builds by nix build where they differ, and for the rest of the run', async () => {
  const { env, calls } = lyingNix();
  const builds = (): number => calls().filter((call) => call.startsWith('build ')).length;
  const project = copyFixture('hello');
  const makenix = await watch(project, [...daemon, '--paranoid'], { env });
  const { first } = makenix;
  expect(first).toMatchObject({ outcome: 'built', rebuilt: [...steps].sort() });
  const [checked] = eventsOf(first.events, 'derivations-checked');
  expect(checked?.compared).toBe(4);
  expect(checked?.differing.map(({ name }) => name)).toEqual(steps);
  const drv = await instantiated(project);
  expect(checked?.differing.at(-1)?.theirs).toBe(drv);
  expect(checked?.differing.at(-1)?.ours).not.toBe(drv);
  expect(eventsOf(first.events, 'engine-fallback')).toMatchObject([
    { because: expect.stringContaining('not those that Nix gives') as unknown },
  ]);
  expect(first.outputs.map(({ drvPath }) => drvPath)).toEqual([drv]);
  expect(builds()).toBe(1);

  project.edit('src/hello.c', 'Hello', 'Goodbye');
  const edited = await makenix.cycle();
  expect(edited).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
  expect(edited.events.map(({ kind }) => kind)).not.toContain('derivations-checked');
  expect(edited.events.map(({ kind }) => kind)).not.toContain('engine-fallback');
  expect(edited.outputs.map(({ drvPath }) => drvPath)).toEqual([await instantiated(project)]);
  expect(builds()).toBe(2);
  expect(calls().filter((call) => call.startsWith('daemon '))).toEqual([]);
});

it('would have built something else without being asked to check', async () => {
  const project = copyFixture('hello');
  const { env, calls } = lyingNix();
  const { ended } = startMakenix(['build', '--json', ...projectOptions(project), ...daemon], { env });
  const built = cycleOf((await ended).events);
  expect(built.outcome).toBe('built');
  expect(built.outputs.map(({ drvPath }) => drvPath)).not.toEqual([await instantiated(project)]);
  expect(calls().filter((call) => call.startsWith('build '))).toEqual([]);
});

it('has nothing to check where Nix makes all derivations', async () => {
  const project = copyFixture('hello');
  for (const option of ['--engine cli', '--dynamic']) {
    const { exitCode, stderr } = await makenix([
      'build',
      ...projectOptions(project),
      ...daemon,
      '--paranoid',
      ...option.split(' '),
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      `error: --paranoid has nothing to check: with ${option}, Nix makes all derivations itself\n`,
    );
  }
});

/** What doctor says of derivations, and what follows that is indented. */
async function diagnosis(
  project: TestProject,
  options: Parameters<typeof makenix>[1] = {},
  args: readonly string[] = [],
): Promise<{ readonly exitCode: number | null; readonly said: string }> {
  const { exitCode, stdout, stderr } = await makenix(
    ['doctor', ...projectOptions(project), ...daemon, ...args],
    options,
  );
  expect(stderr).toBe('');
  return { exitCode, said: /^derivations {4}(.*(?:\n {2}.*)*)\n/m.exec(stdout)?.[1] ?? stdout };
}

const version = async (): Promise<string> => (await run('nix', ['--version'], '/')).trim().replace('nix (Nix) ', '');

it('is what doctor looks into, and writes no expression for', async () => {
  const project = copyFixture('mixed');
  expect(await diagnosis(project)).toEqual({
    exitCode: 0,
    said: `the 10 made here are those that Nix ${await version()} gives`,
  });
  expect(project.exists('derivation.nix')).toBe(false);
  expect(project.exists('.makenix/host.nix')).toBe(false);
});

it.each(['content', 'input'])('holds with packages of nixpkgs, outputs addressed by %s', async (addressing) => {
  const [project, env] = [projectWithPackage(), withNixpkgs(smallNixpkgs())];
  const options = ['--addressing', addressing, '--toolchain', 'nixpkgs'];
  expect(await diagnosis(project, { env }, options)).toEqual({
    exitCode: 0,
    said: `the 4 made here are those that Nix ${await version()} gives`,
  });
  const { events } = await makenix(
    ['build', '--json', ...projectOptions(project), ...daemon, ...options, '--paranoid'],
    { env },
  );
  expect(cycleOf(events)).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/main.o', 'src/util.o', 'util'] });
  expect(eventsOf(events, 'derivations-checked')).toMatchObject([{ compared: 4, differing: [] }]);
  expect(eventsOf(events, 'engine-fallback')).toEqual([]);
});

it('is what doctor finds wrong', async () => {
  const { exitCode, said } = await diagnosis(copyFixture('hello'), { env: lyingNix().env });
  expect(exitCode).toBe(2);
  const lines = said.split('\n');
  expect(lines[0]).toBe(`4 of the 4 made here are not those that Nix ${await version()} gives:`);
  const paths = /: \/nix\/store\/\S+\.drv, by Nix \/nix\/store\/\S+\.drv$/;
  expect(lines.slice(1, 4).map((line) => line.replace(paths, ''))).toEqual(
    steps.slice(0, 3).map((step) => `  ${step}`),
  );
  expect(lines.slice(4)).toEqual([
    '  and 1 more',
    '  This is a bug in makenix: please report it. Until it is mended, --engine cli has Nix make all of them.',
  ]);
});

it.each<[string, Readonly<Record<string, string>>, string]>([
  ['an empty directory', {}, 'not checked: no C or C++ sources in the project'],
  [
    'a configuration with a mistake',
    { 'makenix.json': '{ "cflag": [] }\n', 'a.c': '' },
    'not checked: makenix.json:1:3: unknown key "cflag"',
  ],
])('is not there for doctor in %s', async (_, files, said) => {
  expect(await diagnosis(projectOf(files))).toEqual({ exitCode: 0, said });
});

it('is there for doctor of what can be made, where a unit is broken or a file is not there', async () => {
  const nix = await version();
  const broken = projectOf({
    'a.c': '#include "missing.h"\n',
    'b.c': '#error no\nbroken\n',
    'makenix.json': '{ "targets": { "a": { "sources": ["a.c"] }, "b": { "sources": ["b.c"] } } }\n',
  });
  expect(await diagnosis(broken)).toEqual({ exitCode: 0, said: `the 4 made here are those that Nix ${nix} gives` });

  const plan: RecordedPlan = {
    version: 1,
    command: [],
    options: { c: { language: 'c', flags: [] } },
    objects: { 'a.o': { source: 'a.c', options: 'c' } },
    products: [
      {
        ...{ name: 'a', path: 'a', form: 'shared-library', target: true, tool: 'cc', inputs: ['a.o'] },
        ...{ arguments: ['-shared', 'a.o'], files: ['exports.map'] },
      },
    ],
    ...{ definition: {}, generators: [], notUnderstood: [] },
  };
  const recorded = projectOf({ 'a.c': 'int a;\n', [planFile]: printRecordedPlan(plan) });
  expect(await diagnosis(recorded)).toEqual({
    exitCode: 0,
    said: `the 1 made here are those that Nix ${nix} gives; 1 step cannot be made: exports.map is not there`,
  });
});
