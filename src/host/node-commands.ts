import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { endGroupIfStuck, usualPatience, type Patience } from './node-patience.ts';
import { graceMs, killGroup, splitLines } from './node-processes.ts';
import type { Command, CommandResult, CommandRunner } from './ports.ts';

export function createNodeCommands(
  environment: Readonly<Record<string, string | undefined>>,
  patience: Patience = usualPatience,
): CommandRunner {
  const inherited = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return {
    run: (command) => runCommand(command, patience),
    environment: () => inherited,
    which(program) {
      const candidates = program.includes('/')
        ? [program]
        : (environment['PATH'] ?? '')
            .split(delimiter)
            .flatMap((directory) => (directory === '' ? [] : join(directory, program)));
      return candidates.filter(isExecutable);
    },
  };
}

async function runCommand(command: Command, patience: Patience): Promise<CommandResult> {
  const { signal } = command;
  const started = performance.now();
  const isAborted = (): boolean => signal?.aborted === true;
  if (isAborted()) return { exitCode: undefined, stdout: '', stderr: '', ended: 'aborted', ms: 0 };
  const subprocess = execa(command.file, command.args, {
    reject: false,
    // A group of its own: what it started ends with it, and a Ctrl-C at the terminal is ours to pass on.
    detached: true,
    cleanup: false,
    stripFinalNewline: false,
    encoding: command.binary === true ? 'latin1' : 'utf8',
    stdin: command.input === undefined ? 'ignore' : 'pipe',
    stdout: command.inherit === undefined ? 'pipe' : command.inherit === 'stderr' ? 2 : 'inherit',
    stderr: command.inherit === undefined ? 'pipe' : 'inherit',
    ...(command.input === undefined ? {} : { input: command.input }),
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    ...(command.env === undefined ? {} : { env: command.env, extendEnv: false }),
    ...(command.onStderrLine === undefined ? {} : { buffer: { stdout: true, stderr: false } }),
    maxBuffer: Infinity,
  });
  const stop = endGroupOnAbort(subprocess.pid, signal);
  const guard = command.endIfStuck === true ? endGroupIfStuck(subprocess.pid, patience) : undefined;
  if (command.onStderrLine !== undefined && subprocess.stderr !== null) {
    splitLines(subprocess.stderr, command.onStderrLine);
  }
  const result = await subprocess;
  stop();
  const isStuck = guard?.stop() === true;
  const ended = isAborted()
    ? 'aborted'
    : isStuck
      ? 'stuck'
      : result.exitCode !== undefined
        ? 'exited'
        : result.signal === undefined
          ? 'not-found'
          : 'signalled';
  return {
    exitCode: result.exitCode,
    stdout: typeof result.stdout === 'string' ? result.stdout : '',
    stderr: typeof result.stderr === 'string' ? result.stderr : '',
    ended,
    ms: performance.now() - started,
  };
}

/** Returns what takes the listener back once the process has ended. */
function endGroupOnAbort(pid: number | undefined, signal: AbortSignal | undefined): () => void {
  if (pid === undefined || signal === undefined) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    killGroup(pid, 'SIGTERM');
    timer = setTimeout(() => {
      killGroup(pid, 'SIGKILL');
    }, graceMs);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
