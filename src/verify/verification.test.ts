import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../host/ports.ts';
import type { MakenixEvent, Verdict } from '../model/events.ts';
import { stepName, storePath, trustedProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import type { BuiltObjects } from '../build/built-objects.ts';
import type { Toolchain } from '../build/toolchain.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, type MemoryFiles } from '../testing/fakes/memory-files.ts';
import { createRecordingCommands, type Script } from '../testing/fakes/recording-commands.ts';
import { compileOf } from '../testing/fakes/steps.ts';
import { verifyObjects } from './verification.ts';

/** What a compiler does that writes `text` to where it is told, or says why not. */
type Compiler = (source: string, args: readonly string[]) => string | Script | Promise<string | Script>;

const clock = createManualClock();
let abort: AbortController;
let scratch: MemoryFiles;
let ran: readonly Command[];
beforeEach(() => {
  abort = new AbortController();
  scratch = { ...createMemoryFiles(clock), root: '/scratch' };
});

const objectOf = ({ name }: CompileStep) => storePath(`/nix/store/${'0'.repeat(32)}-object-${name.replace('/', '-')}`);

interface Given {
  readonly steps?: readonly CompileStep[];
  /** What Nix has made of each. */
  readonly built?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly changed?: string;
  readonly more?: Partial<BuiltObjects>;
  readonly jobs?: number;
}

/** Compares objects of these units, each made of its source alone. */
async function verify(compiler: Compiler, { steps = [compileOf('src/a.c')], ...given }: Given = {}) {
  const events: MakenixEvent[] = [];
  const commands = createRecordingCommands(async ({ args }) => {
    if (args.includes('--version')) return {};
    const output = args[args.indexOf('-o') + 1] ?? '';
    const made = await compiler(args.at(-1) ?? '', args);
    if (typeof made !== 'string') return made;
    scratch.put(output.replace('/scratch/', ''), made);
    return {};
  });
  const built = (step: CompileStep): string => given.built?.[step.name] ?? `object of ${step.source}`;
  const objects = steps.map((step) => [objectOf(step).slice(1), built(step)] as const);
  const found: BuiltObjects = {
    store: { root: '/', label: 'auto' } as BuiltObjects['store'],
    toolchain: {
      kind: 'host',
      compiler: '/usr',
      scan: { env: { PATH: '/usr/bin' }, packageFlags: () => ['-isystem', '/opt'] },
    } as unknown as Toolchain,
    units: steps.map((step) => ({
      step,
      inputs: { source: step.source, headers: [], system: [] },
      output: objectOf(step),
    })),
    missing: [],
    isCurrent: (path) => path !== given.changed,
    ...given.more,
  };
  const ports = {
    files: createMemoryFiles(clock, given.files),
    machine: createMemoryFiles(clock, Object.fromEntries(objects)),
    ...{ commands, clock, scratch },
    emit: (event: MakenixEvent) => void events.push(event),
  };
  const result = await verifyObjects(ports, found, { jobs: given.jobs ?? 2, signal: abort.signal });
  ran = commands.commands;
  return {
    result,
    events,
    verdicts: events.flatMap((event) => (event.kind === 'object-verified' ? [event] : [])),
    finished: events.find((event) => event.kind === 'verification-finished'),
  };
}

const honest: Compiler = (source) => `object of ${source}`;

describe('an object', () => {
  it('is the same where the compiler makes it again, with the flags, the directory and the times of the sandbox', async () => {
    const step = compileOf('src/a.c', { flags: ['-O2'], directory: trustedProjectPath('src') });
    const { verdicts, finished } = await verify(() => 'object of src/a.c', { steps: [step] });
    expect(verdicts).toMatchObject([{ name: 'src/a.o', outcome: 'same' }]);
    expect(finished).toMatchObject({ outcome: 'verified', same: 1, mapped: 0, differing: [], failed: [] });
    const [, compile] = ran;
    expect(compile).toMatchObject({
      file: '/usr/bin/cc',
      cwd: '/project/src',
      env: { PATH: '/usr/bin', SOURCE_DATE_EPOCH: '1', TMPDIR: '/scratch' },
    });
    expect(compile?.args.slice(0, 6)).toEqual(['-O2', '-isystem', '/opt', '-ffile-prefix-map=/build=.', '-c', '-o']);
    expect(compile?.args.at(-1)).toBe('a.c');
    expect(compile?.args.at(-2)).toMatch(/^\/scratch\//);
    expect(compile?.args.at(-2)).toHaveLength(objectOf(step).length);
    expect(scratch.list(() => false)).toEqual([]);
  });

  it('is the same where it names the place that it was made at', async () => {
    const step = compileOf('src/a.c');
    const { verdicts } = await verify((_, args) => `see ${args.at(-2)?.slice(0, -2)}.gcda`, {
      built: { 'src/a.o': `see ${objectOf(step).slice(0, -2)}.gcda` },
    });
    expect(verdicts).toMatchObject([{ outcome: 'same' }]);
  });

  it('is the same but for paths, where telling the compiler of them makes it so', async () => {
    const compiler: Compiler = (_, args) => (args.includes('-ffile-prefix-map=/project=.') ? '.' : '/project');
    const { verdicts, finished } = await verify(compiler, { built: { 'src/a.o': '.' } });
    expect(verdicts).toMatchObject([{ outcome: 'mapped', mapped: ['file-macros'], sections: [] }]);
    expect(finished).toMatchObject({ outcome: 'verified', same: 0, mapped: 1 });
  });

  it('is the same but for the time of its source, where it has that', async () => {
    const compiler: Compiler = (_, args) => args.find((each) => each.startsWith('-D__TIMESTAMP__')) ?? 'now';
    const given = {
      built: { 'src/a.o': '-D__TIMESTAMP__="Thu Jan  1 00:00:01 1970"' },
      files: { 'src/a.c': 'const char *t = __TIMESTAMP__;' },
    };
    expect((await verify(compiler, given)).verdicts).toMatchObject([{ outcome: 'mapped', mapped: ['file-times'] }]);
  });

  it('differs otherwise, and what the tree has and the sandbox had not is named', async () => {
    const lists = { MF: '-MF', MD: '-Wa,--MD,' };
    const compiler: Compiler = (source, args) => {
      const name = (path: string | undefined): string => path?.replace('/scratch/', '') ?? '';
      const assembled = args.find((each) => each.startsWith(lists.MD));
      if (assembled !== undefined) {
        scratch.put(name(args[args.indexOf(lists.MF) + 1]), 'object: src/a.c src/../blob.h /usr/include/x.h\n');
        scratch.put(name(assembled.slice(lists.MD.length)), 'a.o: /scratch/cc1.s a.c blob.bin\n');
      }
      return `another ${source}`;
    };
    const files = { 'src/a.c': '#if __has_include("x")\n#endif\n' };
    const { verdicts, finished, result } = await verify(compiler, { files });
    const expected: Verdict = {
      outcome: 'differs',
      sections: [],
      files: ['blob.bin', 'blob.h', '/usr/include/x.h'],
      places: [{ file: 'src/a.c', line: 1, what: '__has_include' }],
      isRepeatable: true,
    };
    expect(verdicts).toMatchObject([expected]);
    expect(finished).toMatchObject({ outcome: 'differs', differing: ['src/a.o'] });
    expect(result).toEqual({ ok: true, value: finished });
    expect(scratch.list(() => false)).toEqual([]);
  });

  it('differs for want of a compiler that does the same twice', async () => {
    let times = 0;
    expect((await verify(() => String(times++))).verdicts).toMatchObject([{ outcome: 'differs', isRepeatable: false }]);
  });

  it('is not compared with what was edited since', async () => {
    const { verdicts, finished } = await verify(() => 'edited', { changed: 'src/a.c' });
    expect(verdicts).toMatchObject([{ outcome: 'changed', path: 'src/a.c' }]);
    expect(finished).toMatchObject({ outcome: 'differs', differing: [], failed: ['src/a.o'] });
  });

  it('may not compile in the tree, which is said in the words of the compiler', async () => {
    const { verdicts } = await verify(() => ({ exitCode: 1, stderr: 'src/a.c:1:1: error: no\n\n' }));
    expect(verdicts).toMatchObject([{ outcome: 'failed', messages: ['src/a.c:1:1: error: no'] }]);
  });

  it('that is not in the store, or nowhere, is none that is the same', async () => {
    const gone = compileOf('src/gone.c');
    const { verdicts, finished } = await verify(honest, {
      steps: [],
      more: {
        units: [{ step: gone, inputs: { source: gone.source, headers: [], system: [] }, output: objectOf(gone) }],
        missing: [stepName('src/b.o')],
      },
    });
    expect(verdicts).toMatchObject([
      { name: 'src/b.o', outcome: 'failed', messages: ['Nix does not say where its object is'] },
      { name: 'src/gone.o', outcome: 'failed', messages: [expect.stringContaining('is not in the store any more')] },
    ]);
    expect(finished).toMatchObject({ outcome: 'differs', failed: ['src/b.o', 'src/gone.o'] });
  });
});

describe('objects', () => {
  const steps = ['src/a.c', 'src/b.cc', 'src/c.c', 'src/d.c'].map((source) => compileOf(source));

  it('are compared as many at a time as there are jobs', async () => {
    let [running, most] = [0, 0];
    const compiler: Compiler = async (source) => {
      most = Math.max(most, ++running);
      await clock.turn();
      running--;
      return `object of ${source}`;
    };
    expect((await verify(compiler, { steps, jobs: 3 })).finished).toMatchObject({ outcome: 'verified', same: 4 });
    expect(most).toBe(3);
    expect(ran.map(({ file }) => file).filter((file) => file.endsWith('c++'))).toHaveLength(1);
  });

  it('are left alone once it is stopped', async () => {
    const compiler: Compiler = (source) => {
      if (source === 'src/b.cc') abort.abort();
      return `object of ${source}`;
    };
    const { verdicts, finished } = await verify(compiler, { steps, jobs: 1 });
    expect(verdicts.map(({ name }) => name)).toEqual(['src/a.o']);
    expect(finished).toMatchObject({ outcome: 'cancelled', same: 1 });
    expect(ran.filter(({ args }) => args.includes('-c'))).toHaveLength(2);
  });

  it('cannot be read from a store of another machine', async () => {
    const store = { root: undefined, label: 'ssh://there' } as BuiltObjects['store'];
    const { result, events } = await verify(honest, { more: { store } });
    expect(result).toEqual({ ok: false, failure: { kind: 'verify-store', store: 'ssh://there' } });
    expect(events).toEqual([]);
  });
});

it('takes the compiler of nixpkgs from where the store is, and the store for what it is in a sandbox', async () => {
  const store = { root: '/mine', label: '/mine' } as BuiltObjects['store'];
  const { env } = { env: { PATH: '/usr/bin' } };
  const toolchain = { kind: 'nixpkgs', compiler: '/nix/store/x-gcc', scan: { env, packageFlags: () => [] } };
  await verify(honest, { more: { store, toolchain: toolchain as unknown as Toolchain } });
  expect(ran[0]?.file).toBe('/mine/nix/store/x-gcc/bin/cc');
});
