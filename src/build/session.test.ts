import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../host/ports.ts';
import { stepName, trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { SystemFiles } from '../scan/system-files.ts';
import { createManualClock, type ManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, paths, type MemoryFiles } from '../testing/fakes/memory-files.ts';
import { createRecordingCommands, type Script } from '../testing/fakes/recording-commands.ts';
import { isHeld } from '../testing/held.ts';
import type { ProjectState } from './project-state.ts';
import { Session } from './session.ts';
import { configFile } from '../plan/definition-files.ts';

const config = (sources: string): string => JSON.stringify({ targets: { main: { sources: [sources] } } });
const source = trustedProjectPath('src/a.c');
const never = new AbortController().signal;

/** What every source includes, as the compiler has it. */
let includes: readonly string[];

function gcc({ args }: Command): Script {
  if (args.includes('-v')) return { stderr: 'Target: x86_64-linux-gnu\ngcc version 12.2.0\n' };
  if (!args.includes('-M')) return {};
  return {
    stdout: args.flatMap((arg) => (arg.endsWith('.c') ? `x.o: ${[arg, ...includes].join(' ')}\n` : [])).join(''),
  };
}

let files: MemoryFiles;
let clock: ManualClock;
let session: Session;
/** What the compiler is asked for, in order: `src/a.c src/b.c`. */
let scans: string[];
/** What happens while it answers. */
let meanwhile: () => void;
/** The machine's files. */
let system: MemoryFiles;
let open: (state: Pick<ProjectState, keyof ReturnType<Session['snapshot']>> | undefined) => Session;

beforeEach(() => {
  clock = createManualClock();
  [scans, meanwhile, includes] = [[], () => undefined, ['src/a.h']];
  files = createMemoryFiles(clock, {
    'makenix.json': config('src/*.c'),
    'src/a.c': '',
    'src/b.c': '',
    'src/a.h': '',
  });
  const commands = {
    ...createRecordingCommands((command) => {
      const script = gcc(command);
      if (command.args.includes('-M')) {
        scans.push(command.args.filter((arg) => arg.endsWith('.c')).join(' '));
        meanwhile();
      }
      return script;
    }),
    which: (program: string) => [`/usr/bin/${program}`],
  };
  system = createMemoryFiles(clock);
  open = (state) =>
    new Session(
      { files, commands, clock, systemFiles: new SystemFiles(system), emit: () => undefined },
      {
        toolchain: 'host',
        defaultToolchain: () => Promise.resolve('host'),
        openStore: () => Promise.reject(new Error('no store is needed')),
        jobs: 1,
        projectName: 'project',
      },
      state && { ...state, outputs: [], engine: '', warnings: [] },
    );
  session = open(undefined);
});

/** The kind of what failed, or the objects of the plan. */
async function prepare(...hints: readonly ProjectPath[]): Promise<string | readonly string[]> {
  const prepared = await session.prepare(hints.length === 0 ? 'everything' : new Set(hints), never);
  if (!prepared.ok) return prepared.failure.kind;
  for (const step of session.toBuild.steps()) session.toBuild.done(step);
  return [...(prepared.value?.indexed.compiles.keys() ?? [])];
}

describe.each([
  ['a configuration that cannot be read', 'config-invalid', '{'],
  ['a configuration that names no source', 'target-without-sources', config('lib/*.c')],
])('%s', (_, kind, text) => {
  it('fails every cycle until it is mended, and differs in nothing once it was seen', async () => {
    await prepare();
    files.put('makenix.json', text);
    expect(await prepare(configFile)).toBe(kind);
    expect(session.tree.differing()).toEqual([]);
    files.put('src/a.c', 'int a;\n');
    files.put('src/c.c', '');
    expect(await prepare(source, ...paths('src/c.c'))).toBe(kind);
    expect(session.tree.differing()).toEqual([]);
    expect(await prepare()).toBe(kind);

    files.put('makenix.json', config('src/*.c'));
    expect(session.tree.differing()).toEqual([configFile]);
    const prepared = await session.prepare(new Set([configFile]), never);
    expect(prepared).toMatchObject({ ok: true });
    // What was saved meanwhile is not lost.
    expect(session.toBuild.reasons(stepName('src/a.o'))).toEqual([{ path: source, change: 'modified' }]);
    expect(session.toBuild.steps()).toEqual(['main', 'src/a.o', 'src/c.o']);
    expect(session.tree.differing()).toEqual([]);
  });

  it('differs in nothing once it was seen, where it was there from the start', async () => {
    files.put('makenix.json', text);
    expect(await prepare()).toBe(kind);
    expect(session.tree.differing()).toEqual([]);
    files.put('makenix.json', config('src/*.c'));
    expect(await prepare(configFile)).toEqual(['src/a.o', 'src/b.o']);
  });
});

it('differs in nothing once the last source is gone, and goes on when it is back', async () => {
  files.remove(trustedProjectPath('src/b.c'));
  await prepare();
  files.remove(source);
  expect(await prepare(source)).toBe('target-without-sources');
  expect(session.tree.differing()).toEqual([]);
  files.put('src/a.c', '');
  expect(session.tree.differing()).toEqual([source]);
  expect(await prepare(source)).toEqual(['src/a.o']);
});

it('loses nothing of a scan that was begun again, and then cancelled', async () => {
  const controller = new AbortController();
  meanwhile = () => {
    clock.advance(100);
    files.put('src/a.h', 'int a;\n');
    if (scans.length === 2) controller.abort();
  };
  expect(await session.prepare('everything', controller.signal)).toEqual({ ok: true, value: undefined });
  expect(scans).toEqual(['src/a.c src/b.c', 'src/a.c src/b.c']);
  // Nobody reads it yet, so that nobody would hear of it.
  expect(session.tree.index.get(trustedProjectPath('src/a.h'))).toBeUndefined();

  meanwhile = () => undefined;
  clock.advance(5000);
  const prepared = await session.prepare(new Set(), never);
  expect(scans.slice(2)).toEqual(['src/a.c src/b.c']);
  expect(prepared.ok && [...(prepared.value?.graph.units.keys() ?? [])]).toEqual(['src/a.o', 'src/b.o']);
});

it.each([
  ['a header', 'src/a.h', ['src/a.o', 'src/b.o']],
  ['a source', 'src/b.c', ['main', 'src/b.o']],
])(
  'builds what reads %s that is back with other contents before anybody has scanned without it',
  async (_, path, readers) => {
    await prepare();
    files.remove(trustedProjectPath(path));
    await session.prepare(new Set(paths(path)), AbortSignal.abort());
    files.put(path, 'int other;\n');
    await session.prepare(new Set(paths(path)), never);
    expect(session.toBuild.steps()).toEqual(readers);
  },
);

it('asks the compiler again where something has been installed among the headers of the system', async () => {
  await prepare();
  const restarted = (): Session => open(session.snapshot());
  scans = [];
  session = restarted();
  await prepare();
  expect(scans).toEqual([]);
  system.put('usr/include/config.h', '');
  session = restarted();
  await prepare();
  expect(scans).toEqual(['src/a.c src/b.c']);
});

it('tells what is ready to be compiled: at once what need not be scanned, and then each unit that was', async () => {
  await prepare();
  scans = [];
  const told: string[] = [];
  files.put('src/a.c', 'int a;\n');
  files.put('src/b.c', '#include "a.h"\n');
  await session.prepare(new Set(paths('src/a.c', 'src/b.c')), never, ({ step, headers }) => {
    told.push(`${step.name} reads ${headers.join(' ')} after ${scans.length} scans`);
  });
  expect(scans).toEqual(['src/b.c']);
  expect(told).toEqual(['src/a.o reads src/a.h after 0 scans', 'src/b.o reads src/a.h after 1 scans']);
});

it('remembers no scan of a file that was written after it was looked at', async () => {
  await prepare();
  clock.advance(5000);
  files.put('src/a.c', '#include "a.h"\n');
  meanwhile = () => files.put('src/a.c', '#include "b.h"\n');
  await prepare(source);
  meanwhile = () => undefined;
  await prepare(source);

  files.put('src/a.c', '#include "a.h"\n');
  scans = [];
  await prepare(source);
  expect(scans).toEqual(['src/a.c']);
});

it('forgets nothing of what it remembered in a cycle that was given up', async () => {
  const headers = async (text: string, signal = never): Promise<readonly string[] | undefined> => {
    clock.advance(5000);
    files.put('src/a.c', text);
    const prepared = await session.prepare(new Set([source]), signal);
    return prepared.ok ? prepared.value?.graph.units.get(stepName('src/a.o'))?.headers : [];
  };
  includes = ['src/a.h'];
  expect(await headers('#include "a.h"\n')).toEqual(['src/a.h']);
  includes = [];
  expect(await headers('')).toEqual([]);
  expect(await headers('#include "a.h"\n', AbortSignal.abort())).toBeUndefined();
  expect(await headers('#include "a.h"\n')).toEqual(['src/a.h']);
});

it('asks no compiler where the tree is again as it was, but where a file has come or gone', async () => {
  await prepare();
  const went = async (text: string, path = 'src/a.c'): Promise<readonly string[]> => {
    scans = [];
    clock.advance(5000);
    files.put(path, text);
    await prepare(...paths(path));
    return scans;
  };
  expect(await went('#define A\n#include "c.h"\n')).toEqual(['src/a.c']);
  expect(await went('')).toEqual([]);
  expect(await went('#define A\n#include "c.h"\n')).toEqual([]);
  // A new file could be what an operand names.
  expect(await went('', 'c.h')).toEqual([]);
  expect(await went('', 'src/c.h')).toEqual(['src/a.c']);
  expect(await went('')).toEqual(['src/a.c']);
});

it('holds nothing of what it prepared before the last time', async () => {
  /** Of what was prepared, each part that others are made from. */
  const parts = async (...hints: readonly ProjectPath[]): Promise<Readonly<Record<string, WeakRef<object>>>> => {
    const prepared = await session.prepare(hints.length === 0 ? 'everything' : new Set(hints), never);
    if (!prepared.ok || prepared.value === undefined) throw new Error('not prepared');
    for (const step of session.toBuild.steps()) session.toBuild.done(step);
    const { indexed, graph, expression } = prepared.value;
    const { plan } = indexed;
    const all = { prepared: prepared.value, indexed, plan, steps: indexed.compiles, graph, expression };
    return Object.fromEntries(Object.entries(all).map(([name, part]) => [name, new WeakRef<object>(part)]));
  };
  await parts();
  files.put('src/c.c', '');
  const before = await parts(...paths('src/c.c'));
  files.put('src/d.c', '');
  const last = await parts(...paths('src/d.c'));
  for (const [name, part] of Object.entries(before)) expect([name, await isHeld(part)]).toEqual([name, false]);
  expect(await isHeld(last['indexed'] as WeakRef<object>)).toBe(true);
});
