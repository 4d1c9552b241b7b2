import { expect, it } from 'vitest';
import type { ProjectFiles } from '../../host/ports.ts';
import type { MakenixEvent } from '../../model/events.ts';
import { projectPath } from '../../model/ids.ts';
import { readRecordedPlan } from '../../plan/recorded-plan.ts';
import { createManualClock } from '../../testing/fakes/manual-clock.ts';
import { createMemoryFiles, type MemoryFiles } from '../../testing/fakes/memory-files.ts';
import { createRecordingCommands } from '../../testing/fakes/recording-commands.ts';
import { importDatabase } from './import-database.ts';

/** The project as part of a machine that has nothing else. */
const machineOf = (files: MemoryFiles): ProjectFiles => {
  const own = (path: string) => projectPath(path.replace(/^project\//, '')) ?? ('' as never);
  return {
    ...files,
    root: '/',
    stat: (path) => files.stat(own(path)),
    // A link to a file is one, as the disk has it.
    exists: (path) => files.readLink(own(path)) === undefined && files.exists(own(path)),
    read: (path) => files.read(own(path)),
    readLink: (path) => files.readLink(own(path)),
  };
};

async function importing(
  onDisk: Readonly<Record<string, string>>,
  {
    database = 'build',
    ninja = {},
    links = {},
  }: { database?: string; ninja?: Record<string, string>; links?: Record<string, string> } = {},
) {
  const files = createMemoryFiles(createManualClock(), onDisk);
  for (const [path, target] of Object.entries(links)) files.link(path as never, target);
  const runner = createRecordingCommands(({ args }) => {
    const stdout = ninja[args.join(' ')];
    return stdout === undefined ? { exitCode: 1 } : { stdout };
  });
  const commands = {
    ...runner,
    which: (name: string) => (Object.keys(ninja).length > 0 && name === 'ninja' ? [name] : []),
  };
  const events: MakenixEvent[] = [];
  const emit = (event: MakenixEvent) => void events.push(event);
  const ports = { files, machine: machineOf(files), commands, clock: createManualClock(), emit };
  const request = { database, because: [], previous: undefined, signal: new AbortController().signal };
  const result = await importDatabase(ports, request);
  const text = files.read('makenix.plan.json' as never)?.toString();
  const plan = text === undefined ? undefined : readRecordedPlan('plan', text);
  if (plan?.ok === false) throw new Error(JSON.stringify(plan.failure));
  return { result, plan: plan?.value, events };
}

const compile = 'cc -O2 -c ../a.c -o a.o';
const database = JSON.stringify([{ directory: '/project/build', file: '../a.c', command: compile }]);
const ninja = { '-t commands': `${compile}\ncc a.o -o prog\n` };

it('takes links from the build.ninja beside it', async () => {
  const onDisk = { 'a.c': '', 'build/build.ninja': '', 'build/compile_commands.json': database };
  const { result, plan, events } = await importing(onDisk, { ninja });
  expect(result).toEqual({ ok: true, value: true });
  expect(plan).toMatchObject({
    command: ['ninja', '-C', 'build'],
    compileCommands: 'build/compile_commands.json',
    objects: { 'build/a.o': { source: 'a.c' } },
    products: [{ name: 'prog', target: true }],
  });
  expect(events).toMatchObject([
    { kind: 'import-started', command: ['build/compile_commands.json'], purpose: 'read' },
    { kind: 'import-finished', outcome: 'imported', purpose: 'read', units: 1, products: 1, targets: ['prog'] },
  ]);
});

it('looks beside the file itself where it is linked to', async () => {
  const onDisk = { 'a.c': '', 'build/build.ninja': '', 'build/compile_commands.json': database };
  const links = { 'compile_commands.json': 'build/compile_commands.json' };
  const { plan } = await importing(onDisk, { ninja, links, database: 'compile_commands.json' });
  expect(plan).toMatchObject({ compileCommands: 'compile_commands.json', products: [{ name: 'prog' }] });
});

it('takes links from makenix.json otherwise, and when the build.ninja is of something else', async () => {
  const config = '{ "targets": { "app": { "sources": ["a.c"] } } }';
  const onDisk = { 'a.c': '', 'makenix.json': config, 'build/compile_commands.json': database };
  const alone = await importing(onDisk);
  expect(alone.plan).toMatchObject({
    command: [],
    compileCommands: 'build/compile_commands.json',
    options: { build: { language: 'c', directory: 'build', flags: ['-O2'] } },
    products: [],
  });
  expect(Object.keys(alone.plan!.definition)).toEqual(['build/compile_commands.json']);
  const other = { '-t commands': 'cc -c ../other.c -o other.o\ncc other.o -o other\n' };
  const beside = await importing({ ...onDisk, 'build/build.ninja': '' }, { ninja: other });
  expect(beside.plan).toEqual(alone.plan);
});

it.each<readonly [what: string, files: Readonly<Record<string, string>>, failure: object]>([
  ['no file', {}, { kind: 'database-unusable', file: 'build', problem: 'missing' }],
  [
    'a directory without one',
    { 'build/x': '' },
    { kind: 'database-unusable', file: 'build/compile_commands.json', problem: 'missing' },
  ],
  ['no JSON', { 'build/compile_commands.json': '{' }, { kind: 'config-invalid', file: 'build/compile_commands.json' }],
  ['no entries', { 'build/compile_commands.json': '[]' }, { kind: 'database-unusable', problem: 'empty' }],
  [
    'no links',
    { 'a.c': '', 'build/compile_commands.json': database },
    { kind: 'database-unusable', problem: 'no-links' },
  ],
  [
    'a mistake in makenix.json',
    { 'a.c': '', 'build/compile_commands.json': database, 'makenix.json': '{ "target": 1 }' },
    { kind: 'config-invalid', file: 'makenix.json' },
  ],
  [
    'no ninja for its build.ninja',
    { 'a.c': '', 'build/build.ninja': '', 'build/compile_commands.json': database },
    { kind: 'tool-missing', tool: 'ninja' },
  ],
])('fails with %s, and writes nothing', async (_, files, failure) => {
  const { result, plan, events } = await importing(files);
  expect(result).toMatchObject({ ok: false, failure });
  expect(plan).toBeUndefined();
  expect(events.at(-1)).toMatchObject({ kind: 'import-finished', outcome: 'failed', purpose: 'read' });
});
