import type { CommandResult, CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { RecordFailure, ToolFailure } from '../model/failure.ts';
import { trustedProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { parseTrace } from './parse-trace.ts';
import { preloadSource } from './preload-source.ts';
import { asanOption, noProgram, recordVariable } from './recording-environment.ts';
import type { TraceEvent } from './trace.ts';

export interface RecordPorts {
  readonly commands: CommandRunner;
  /**
   * A directory of its own for this recording, which is left empty. Not below the recorded root, and no blank, colon or
   * dollar sign in its path: LD_PRELOAD could not name it.
   */
  readonly scratch: ProjectFiles;
}

export interface RecordOptions {
  /** Absolute and real. What is done to files below it is recorded. */
  readonly root: string;
  /** Where the command is run. Absolute and real, so that it calls the project's files what we call them. */
  readonly directory: string;
  readonly signal?: AbortSignal;
  /** Keep what the command prints, instead of showing it. */
  readonly isQuiet?: boolean;
}

export interface Recording {
  readonly exitCode: number | undefined;
  readonly ended: CommandResult['ended'];
  /** What a quiet command printed. */
  readonly output: string;
  /** As far as it went, however it ended. */
  readonly events: readonly TraceEvent[];
}

const source = trustedProjectPath('record.c');
const library = trustedProjectPath('record.so');
const trace = trustedProjectPath('trace');

/**
 * Runs a build command for real, once, with what it prints shown, and tells what ran and what that did to files of the
 * project. `preloadSource` says how, and what is not seen.
 */
export async function recordBuild(
  command: readonly [file: string, ...args: readonly string[]],
  { root, directory, signal, isQuiet = false }: RecordOptions,
  { commands, scratch }: RecordPorts,
): Promise<Result<Recording, ToolFailure | RecordFailure>> {
  try {
    const compiled = await compileLibrary(commands, scratch, signal);
    if (!compiled.ok) return compiled;
    scratch.write(trace, '');
    const [file, ...args] = command;
    const env = recordedEnvironment(commands.environment(), scratch.root, { root, directory });
    const { exitCode, ended, stdout, stderr } = await commands.run({
      file,
      args,
      cwd: directory,
      env,
      ...(isQuiet ? {} : { inherit: 'stderr' as const }),
      ...(signal === undefined ? {} : { signal }),
    });
    const events = parseTrace(scratch.read(trace) ?? Buffer.alloc(0));
    if (events.length === 0 && ended === 'exited') return fail({ kind: 'not-recorded', command: command.join(' ') });
    return ok({ exitCode, ended, output: `${stdout}${stderr}`, events });
  } finally {
    for (const path of [source, library, trace]) scratch.remove(path);
  }
}

/**
 * Anew each time: it takes 0.2 s, and the compiler may be another tomorrow. Without optimisation, which takes three times
 * as long and saves nothing: the time of a recorded program goes into its system calls.
 */
async function compileLibrary(
  commands: CommandRunner,
  scratch: ProjectFiles,
  signal: AbortSignal | undefined,
): Promise<Result<void, ToolFailure>> {
  const [cc] = commands.which('cc');
  if (cc === undefined) return fail({ kind: 'tool-missing', tool: 'cc', neededBy: 'the recorder' });
  scratch.write(source, preloadSource);
  const at = (path: string): string => `${scratch.root}/${path}`;
  // Before glibc 2.34, `dlsym` was in a library of its own; after that, -ldl means nothing.
  const args = ['-O0', '-fPIC', '-shared', '-nostdlib', '-w', '-o', at(library), at(source), '-ldl'];
  const { exitCode, ended, stderr } = await commands.run({
    file: cc,
    args,
    cwd: scratch.root,
    ...(signal === undefined ? {} : { signal }),
  });
  if (exitCode === 0 || ended === 'aborted') return ok(undefined);
  return fail({ kind: 'tool-failed', tool: 'cc', command: [cc, ...args].join(' '), output: stderr });
}

/** What the command would have had, and the recorder. */
function recordedEnvironment(
  own: Readonly<Record<string, string>>,
  scratch: string,
  { root, directory }: RecordOptions,
): Readonly<Record<string, string>> {
  const file = `${scratch}/${library}`;
  const joined = (...parts: readonly (string | undefined)[]): string =>
    parts.filter((part) => part !== undefined && part !== '').join(':');
  return {
    ...own,
    // Shells trust it, and through another name of the directory they would see files that are not in the project.
    PWD: directory,
    LD_PRELOAD: joined(file, own['LD_PRELOAD']),
    ASAN_OPTIONS: joined(own['ASAN_OPTIONS'], asanOption),
    [recordVariable]: [noProgram, file, `${scratch}/${trace}`, root].join(':'),
  };
}
