import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../host/ports.ts';
import type { Failure } from '../model/failure.ts';
import type { CompileStep } from '../model/plan.ts';
import type { Result } from '../model/result.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import { createRecordingCommands, type RecordingCommands, type Script } from '../testing/fakes/recording-commands.ts';
import { compileOf } from '../testing/fakes/steps.ts';
import type { ScanCompiler } from './compiler-run.ts';
import { scanUnits, type ScanReport } from './scanner.ts';

const compiler: ScanCompiler = {
  cc: '/usr/bin/cc',
  cxx: '/usr/bin/c++',
  env: { PATH: '/usr/bin' },
  systemDirectories: ['/usr/', '/lib/'],
  systemSearch: [],
  packageFlags: (step) => step.packages.map(({ pkgConfig }) => `-I/usr/include/${pkgConfig}`),
};

/** What each source includes, as gcc would print it; `undefined` is a source that does not preprocess. */
type Includes = Readonly<Record<string, readonly string[] | undefined>>;

/** A compiler that prints the rules of the good sources of its command line, and complains of the others. */
const gcc =
  (includes: Includes) =>
  (command: Command): Script => {
    const isLenient = command.args.includes('-MG');
    const sources = command.args.filter((arg) => arg in includes);
    const rules = sources.flatMap((source) => {
      const headers = includes[source] ?? (isLenient ? lenient : undefined);
      return headers === undefined ? [] : [`x.o: ${[source, ...headers].join(' \\\n ')}\n`];
    });
    const bad = isLenient ? [] : sources.filter((source) => includes[source] === undefined);
    return {
      stdout: rules.join(''),
      stderr: bad.map((source) => `${source}:3:10: fatal error: no.h: No such file\n`).join(''),
      exitCode: bad.length > 0 ? 1 : 0,
    };
  };
const lenient = ['there.h', 'no.h'];

interface Scan {
  readonly result: Result<void, Failure>;
  readonly reports: readonly ScanReport[];
  readonly commands: RecordingCommands['commands'];
  report(source: string): ScanReport;
}

let abort: AbortController;
beforeEach(() => {
  abort = new AbortController();
});

async function scan(
  steps: readonly CompileStep[],
  play: (command: Command, position: number) => Script | Promise<Script>,
  jobs = 1,
  onReport: (report: ScanReport) => void = () => undefined,
): Promise<Scan> {
  const memory = createMemoryFiles(createManualClock(), { 'there.h': '' });
  const files = { ...memory, realPath: (path: string) => `/project/${path}` };
  const runner = createRecordingCommands(play);
  const reports: ScanReport[] = [];
  const result = await scanUnits(steps, compiler, { files, listing: new Set(), factsOf: () => undefined }, runner, {
    jobs,
    signal: abort.signal,
    onReport: (report) => {
      reports.push(report);
      onReport(report);
    },
  });
  const report = (source: string): ScanReport => {
    const [found, ...more] = reports.filter(({ step }) => step.source === source);
    if (found === undefined || more.length > 0) throw new Error(`${String(1 + more.length)} reports of ${source}`);
    return found;
  };
  return { result, reports, commands: runner.commands, report };
}

/** The sources of a command. */
const sourcesOf = (command: Command | undefined): readonly string[] =>
  command?.args.filter((arg) => /\.(c|cpp)$/.test(arg)) ?? [];

describe('what the compiler is asked', () => {
  it('is its language’s driver, with the unit’s own flags, in the project, in an environment of our making', async () => {
    const packages = [{ attribute: 'zlib', pkgConfig: 'zlib' }];
    const { commands } = await scan(
      [compileOf('src/a.c', { flags: ['-Iinc', '-DX'], packages }), compileOf('src/b.cpp')],
      gcc({ 'src/a.c': [], 'src/b.cpp': [] }),
    );
    expect(commands).toMatchObject([
      {
        file: '/usr/bin/cc',
        args: ['-Iinc', '-DX', '-I/usr/include/zlib', '-M', 'src/a.c'],
        cwd: '/project',
        env: { PATH: '/usr/bin' },
      },
      { file: '/usr/bin/c++', args: ['-M', 'src/b.cpp'] },
    ]);
    expect(commands[0]?.signal).toBe(abort.signal);
  });

  it('is about all units of the same flags at once', async () => {
    const steps = ['a', 'b', 'c', 'd'].map((name, i) => compileOf(`${name}.c`, { flags: i % 2 === 0 ? ['-O2'] : [] }));
    const { commands, reports } = await scan(steps, gcc({ 'a.c': [], 'b.c': [], 'c.c': [], 'd.c': [] }));
    expect(commands.map(sourcesOf)).toEqual([
      ['a.c', 'c.c'],
      ['b.c', 'd.c'],
    ]);
    expect(reports).toHaveLength(4);
  });

  it('is spread over the jobs, in batches that are not too large', async () => {
    const steps = Array.from({ length: 70 }, (_, i) => compileOf(`${i}.c`));
    const includes = Object.fromEntries(steps.map(({ source }) => [source, []]));
    const few = await scan(steps.slice(0, 6), gcc(includes), 4);
    expect(few.commands.map((command) => sourcesOf(command).length)).toEqual([2, 2, 2]);
    const many = await scan(steps, gcc(includes), 2);
    expect(many.commands.map((command) => sourcesOf(command).length)).toEqual([16, 16, 16, 16, 6]);
    expect(new Set(many.reports.map(({ step }) => step.name)).size).toBe(70);
  });

  it('is asked by as many processes as there are jobs, and no more', async () => {
    const steps = Array.from({ length: 70 }, (_, i) => compileOf(`${i}.c`));
    const answer = gcc(Object.fromEntries(steps.map(({ source }) => [source, []])));
    let running = 0;
    let most = 0;
    await scan(
      steps,
      async (command) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        return answer(command);
      },
      3,
    );
    expect(most).toBe(3);
  });

  it('takes no source for an option', async () => {
    const { commands, report } = await scan(
      [compileOf('-a.c'), compileOf('@b.c')],
      gcc({ './-a.c': [], './@b.c': [] }),
    );
    expect(sourcesOf(commands[0])).toEqual(['./-a.c', './@b.c']);
    expect(report('-a.c').result.ok).toBe(true);
    expect(report('@b.c').inputs.source).toBe('@b.c');
  });
});

describe('what a unit reads', () => {
  it('is told apart: its own files and the toolchain’s, normal, sorted, each once', async () => {
    const { report } = await scan(
      [compileOf('src/a.c')],
      gcc({
        'src/a.c': [
          '/usr/include/stdio.h',
          'src/../inc/b.h',
          'inc/b.h',
          '/lib/gcc/stddef.h',
          'src/a.c',
          'has\\ space.h',
        ],
      }),
    );
    expect(report('src/a.c').inputs).toEqual({
      source: 'src/a.c',
      headers: ['has space.h', 'inc/b.h'],
      system: ['/lib/gcc/stddef.h', '/usr/include/stdio.h'],
    });
    expect(report('src/a.c').result).toEqual({ ok: true, value: report('src/a.c').inputs });
  });

  it('may not be found by its absolute path, at which no sandbox has it', async () => {
    const { report } = await scan([compileOf('src/a.c')], gcc({ 'src/a.c': ['/project/inc/./a.h', 'inc/b.h'] }));
    expect(report('src/a.c').result).toEqual({
      ok: false,
      failure: { kind: 'absolute-include', step: 'src/a.o', source: 'src/a.c', path: 'inc/a.h' },
    });
    expect(report('src/a.c').inputs.headers).toEqual(['inc/a.h', 'inc/b.h']);
  });

  it.each([
    '/home/me/x.h',
    '../outside.h',
    '/project/../other/x.h',
    '/projects/x.h',
    '/project-2/x.h',
    'src/../../x.h',
  ])('may not be %s, which no build would see', async (path) => {
    const { report } = await scan([compileOf('src/a.c')], gcc({ 'src/a.c': ['inc/a.h', path] }));
    expect(report('src/a.c').result).toEqual({
      ok: false,
      failure: { kind: 'outside-project', step: 'src/a.o', source: 'src/a.c', path },
    });
    expect(report('src/a.c').inputs.headers).toEqual(['inc/a.h']);
  });
});

describe('a unit that fails', () => {
  it('does not take its batch with it, and has words of its own', async () => {
    const steps = ['a', 'b', 'c', 'd'].map((name) => compileOf(`${name}.c`));
    const { report, commands } = await scan(
      steps,
      gcc({ 'a.c': ['x.h'], 'b.c': undefined, 'c.c': [], 'd.c': undefined }),
    );
    expect(report('a.c').result.ok).toBe(true);
    expect(report('c.c').result.ok).toBe(true);
    expect(report('b.c').result).toEqual({
      ok: false,
      failure: {
        kind: 'scan-failed',
        step: 'b.o',
        source: 'b.c',
        target: 'main',
        diagnostics: [{ severity: 'error', file: 'b.c', line: 3, column: 10, message: 'no.h: No such file' }],
        output: 'b.c:3:10: fatal error: no.h: No such file\n',
      },
    });
    expect(report('d.c').result).toMatchObject({ failure: { output: 'd.c:3:10: fatal error: no.h: No such file\n' } });
    // The batch; then, for each that failed, itself, and itself without minding what is missing.
    expect(commands.map(sourcesOf)).toEqual([['a.c', 'b.c', 'c.c', 'd.c'], ['b.c'], ['b.c'], ['d.c'], ['d.c']]);
    expect(commands[2]?.args).toEqual(['-M', '-MG', '-w', 'b.c']);
  });

  it('is taken to read what is there of what it names', async () => {
    const { report } = await scan([compileOf('b.c')], gcc({ 'b.c': undefined }));
    expect(report('b.c').inputs).toEqual({ source: 'b.c', headers: ['there.h'], system: [] });
  });

  it('is taken to read itself where the compiler tells nothing at all', async () => {
    const { report } = await scan([compileOf('b.c')], () => ({ exitCode: 1, stderr: 'cc1: out of memory\n' }));
    expect(report('b.c').inputs).toEqual({ source: 'b.c', headers: [], system: [] });
    expect(report('b.c').result).toMatchObject({ failure: { kind: 'scan-failed', diagnostics: [] } });
  });
});

describe('a compiler that cannot be run', () => {
  it.each([
    ['a.c', 'cc'],
    ['a.cpp', 'c++'],
  ])('fails the scan of %s, and is asked once', async (source, tool) => {
    const { result, reports, commands } = await scan([compileOf(source)], () => ({ ended: 'not-found' }));
    expect(result).toMatchObject({ ok: false, failure: { kind: 'tool-missing', tool } });
    expect(reports).toEqual([]);
    expect(commands).toHaveLength(1);
  });
});

describe('a scan that is aborted', () => {
  const steps = Array.from({ length: 40 }, (_, i) => compileOf(`${i}.c`));
  const answer = gcc(Object.fromEntries(steps.map(({ source }) => [source, []])));

  it('keeps the reports so far, and asks no more', async () => {
    const { result, reports, commands } = await scan(steps, answer, 1, () => {
      abort.abort();
    });
    expect(result).toEqual({ ok: true, value: undefined });
    expect(reports).toHaveLength(16);
    expect(commands).toHaveLength(1);
  });

  it('has no report of what the compiler was ended in', async () => {
    const { result, reports } = await scan(steps.slice(0, 3), () => {
      abort.abort();
      return { ended: 'aborted' };
    });
    expect(result.ok).toBe(true);
    expect(reports).toEqual([]);
  });

  it('asks nothing where it is aborted from the start', async () => {
    abort.abort();
    const { commands } = await scan(steps, answer);
    expect(commands).toEqual([]);
  });
});

it('has nothing to ask about no units', async () => {
  const { result, commands } = await scan([], gcc({}));
  expect(result.ok).toBe(true);
  expect(commands).toEqual([]);
});
