import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../host/ports.ts';
import type { MakenixEvent } from '../model/events.ts';
import { stepName, trustedProjectPath } from '../model/ids.ts';
import { SystemFiles } from '../scan/system-files.ts';
import { createManualClock, type ManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, paths, type MemoryFiles } from '../testing/fakes/memory-files.ts';
import { createRecordingCommands, type Script } from '../testing/fakes/recording-commands.ts';
import { Session } from './session.ts';

/*
 * Saves while the compiler reads: what it has seen then is not what is there afterwards.
 */

const never = new AbortController().signal;
const unit = stepName('src/a.o');

let files: MemoryFiles;
let clock: ManualClock;
let session: Session;
let events: MakenixEvent[];
/** How often the compiler was asked. */
let scans: number;
/** What happens just before it reads, and once it has read. */
let before: () => void;
let after: () => void;

beforeEach(async () => {
  clock = createManualClock();
  [events, scans, before, after] = [[], 0, () => undefined, () => undefined];
  files = createMemoryFiles(clock, {
    'makenix.json': JSON.stringify({ targets: { main: { sources: ['src/*.c'], include: ['src', 'alt'] } } }),
    'src/a.c': '#include <a.h>\n',
    'src/a.h': '',
  });
  const commands = {
    ...createRecordingCommands((command) => {
      if (command.args.includes('-v')) return { stderr: 'Target: x86_64-linux-gnu\ngcc version 12.2.0\n' };
      if (!command.args.includes('-M')) return {};
      if (command.args.includes('-MG')) return { stdout: 'x.o: src/a.c\n' };
      scans++;
      before();
      const answer = read(command);
      after();
      return answer;
    }),
    which: (program: string) => [`/usr/bin/${program}`],
  };
  session = new Session(
    {
      ...{ files, commands, clock },
      systemFiles: new SystemFiles(createMemoryFiles(clock)),
      emit: (event) => events.push(event),
    },
    {
      toolchain: 'host',
      defaultToolchain: () => Promise.resolve('host'),
      openStore: () => Promise.reject(new Error('no store is needed')),
      jobs: 1,
      projectName: 'project',
    },
    undefined,
  );
  await session.prepare('everything', never);
  clock.advance(5000);
  [events, scans] = [[], 0];
});

/** A compiler that knows `#include <…>`, looks in `src` and then in `alt`, and of which a source has one. */
function read({ args }: Command): Script {
  const source = args.find((arg) => arg.endsWith('.c')) ?? '';
  const text = files.read(trustedProjectPath(source))?.toString() ?? '';
  const name = /^#include <(.*)>$/m.exec(text)?.[1];
  if (name === undefined) return { stdout: `x.o: ${source}\n` };
  const found = paths(`src/${name}`, `alt/${name}`).find((path) => files.stat(path) !== undefined);
  if (found === undefined) return { stderr: `${source}:1:10: fatal error: ${name}: No such file\n`, exitCode: 1 };
  return { stdout: `x.o: ${source} ${found}\n` };
}

async function save(path: string, text: string): Promise<readonly string[] | undefined> {
  files.put(path, text);
  const prepared = await session.prepare(new Set(paths(path)), never);
  return prepared.ok ? prepared.value?.graph.units.get(unit)?.headers : undefined;
}

/** A header that is found where `src/a.h` is not. */
async function addAnother(): Promise<void> {
  files.put('alt/a.h', '');
  await session.prepare(new Set(paths('alt/a.h')), never);
  clock.advance(5000);
}

/** Once. */
function whileItReads(begin: () => void, end: () => void): void {
  before = () => {
    before = () => undefined;
    clock.advance(100);
    begin();
  };
  after = () => {
    after = () => undefined;
    clock.advance(100);
    end();
  };
}

describe('a file that is saved while the compiler reads', () => {
  it('is read again where it is emptied and filled, though it is what it was', async () => {
    whileItReads(
      () => files.put('src/a.c', ''),
      () => files.put('src/a.c', '#include <a.h>\n'),
    );
    expect(await save('src/a.h', '#define A\n')).toEqual(['src/a.h']);
    expect(scans).toBe(2);
    expect(session.toScan.has(unit)).toBe(false);
  });

  it('is read again by the next cycle where it has changed, whatever has', async () => {
    whileItReads(
      () => files.put('src/a.c', ''),
      () => files.put('src/a.c', '#include <a.h>\nint more;\n'),
    );
    expect(await save('src/a.h', '#define A\n')).toEqual([]);
    expect(session.toScan.has(unit)).toBe(true);
    const prepared = await session.prepare(new Set(paths('src/a.c')), never);
    expect(prepared.ok && prepared.value?.graph.units.get(unit)?.headers).toEqual(['src/a.h']);
    expect(scans).toBe(2);
  });

  it('is not missed where it is gone for a moment', async () => {
    whileItReads(
      () => files.remove(trustedProjectPath('src/a.h')),
      () => files.put('src/a.h', ''),
    );
    expect(await save('src/a.c', '#define A\n#include <a.h>\n')).toEqual(['src/a.h']);
    expect(events.filter(({ kind }) => kind === 'failure' || kind === 'unit-failed')).toEqual([]);
    expect(session.toScan.has(unit)).toBe(false);
  });

  it('is found where another was found instead', async () => {
    await addAnother();
    whileItReads(
      () => files.remove(trustedProjectPath('src/a.h')),
      () => files.put('src/a.h', ''),
    );
    expect(await save('src/a.c', '#define A\n#include <a.h>\n')).toEqual(['src/a.h']);
  });

  it('is said to be missing by whoever finds it gone for good', async () => {
    whileItReads(
      () => files.remove(trustedProjectPath('src/a.h')),
      () => undefined,
    );
    expect(await save('src/a.c', '#define A\n#include <a.h>\n')).toEqual([]);
    expect(events.filter(({ kind }) => kind === 'unit-failed')).toHaveLength(1);
    expect(session.toScan.has(unit)).toBe(true);
  });

  it('is found by the next cycle once it is back', async () => {
    whileItReads(
      () => files.remove(trustedProjectPath('src/a.h')),
      () => undefined,
    );
    await save('src/a.c', '#define A\n#include <a.h>\n');
    // As it was: nothing but the scan knows that it was gone.
    files.put('src/a.h', '');
    const differing = session.tree.differing();
    expect(differing).toContain('src/a.h');
    const prepared = await session.prepare(new Set(differing), never);
    expect(prepared.ok && prepared.value?.graph.units.get(unit)?.headers).toEqual(['src/a.h']);
    expect(session.tree.differing()).toEqual([]);
  });

  it('is looked at again where it is written each time', async () => {
    before = () => {
      clock.advance(100);
      files.put('src/a.h', '');
    };
    await save('src/a.c', '#define A\n#include <a.h>\n');
    expect(scans).toBe(3);
    before = () => undefined;
    clock.advance(5000);
    expect(session.tree.differing()).toEqual(['src/a.h']);
    await session.prepare(new Set(paths('src/a.h')), never);
    expect(session.tree.differing()).toEqual([]);
    expect(session.toScan.has(unit)).toBe(false);
  });

  it('costs no second scan where it was saved just before', async () => {
    expect(await save('src/a.c', '#define A\n#include <a.h>\n')).toEqual(['src/a.h']);
    expect(scans).toBe(1);
  });

  it('costs no second scan where somebody has only touched it long before', async () => {
    files.touch('src/a.h');
    expect(session.tree.differing()).toEqual([]);
    clock.advance(5000);
    expect(await save('src/a.c', '#define A\n#include <a.h>\n')).toEqual(['src/a.h']);
    expect(scans).toBe(1);
  });
});

it('remembers nothing of another file that was found while one was gone', async () => {
  await addAnother();
  whileItReads(
    () => files.remove(trustedProjectPath('src/a.h')),
    () => undefined,
  );
  expect(await save('src/a.c', '#define A\n#include <a.h>\n')).toEqual(['alt/a.h']);
  await session.prepare(new Set(paths('src/a.h')), never);
  clock.advance(5000);
  expect(await save('src/a.h', '')).toEqual(['src/a.h']);
});
