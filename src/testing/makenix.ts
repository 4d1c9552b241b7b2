import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Envelope } from '../model/events.ts';
import { cycleOf, type Cycle } from './cycle.ts';
import { EventLog } from './event-log.ts';
import { checkLaws } from './laws.ts';
import { descendantsOf, stillRunning } from './processes.ts';
import { repository, type TestProject } from './project.ts';

/** What a user's shell starts. */
const makenixProgram = join(repository, 'bin/makenix.js');

export interface RunOptions {
  /** Added to the environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** A program and its arguments that makenix is run by: where it has another view of the machine. */
  readonly within?: readonly string[];
}

export interface Ended {
  readonly exitCode: number | null;
  readonly stderr: string;
  /** Lines of stdout that are no event. */
  readonly stdout: string;
  readonly events: readonly Envelope[];
}

/** MAKENIX_TEST_ENGINE has the suite run on another engine than the one that is used where nobody says. */
const engine = process.env['MAKENIX_TEST_ENGINE'];
const engineOptions = engine === undefined ? [] : ['--engine', engine];

/** What the options of a project's tests have in common: its place, its own store, this machine's compiler. */
export const projectOptions = ({ root, store }: TestProject): readonly string[] => [
  '-C',
  root,
  '--store',
  store,
  '--toolchain',
  'host',
  ...engineOptions,
];

/** `makenix ARGS`, to its end. */
export async function makenix(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { ended } = startMakenix(args, options);
  return ended;
}

/** `makenix build --json`, which must come to the end of its cycle. */
export async function build(project: TestProject, ...args: readonly string[]): Promise<Cycle> {
  return buildWith(project, {}, ...args);
}

/** The same, where makenix is to be run in another way. */
export async function buildWith(project: TestProject, options: RunOptions, ...args: readonly string[]): Promise<Cycle> {
  const { events } = await makenix(['build', '--json', ...projectOptions(project), ...args], options);
  return cycleOf(events);
}

export interface Running {
  readonly pid: number;
  readonly log: EventLog;
  readonly ended: Promise<Ended>;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
}

/**
 * Starts makenix and reads its events. What still runs when the test is over is ended, the Nix and the compilers below
 * it included, so that a failed test disturbs no other. Whatever the
 * test was about, the events it caused have to be lawful.
 */
export function startMakenix(args: readonly string[], { env = {}, cwd, within = [] }: RunOptions = {}): Running {
  const [program, ...rest] = [...within, process.execPath, makenixProgram, ...args] as const;
  const child = spawn(program ?? '', rest, {
    cwd,
    env: { ...process.env, ...outsideInfluence, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  let stdout = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const log = new EventLog(() => `${stdout}${stderr}`);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = readEvent(line);
    if (event === undefined) stdout += `${line}\n`;
    else log.add(event);
  });
  const ended = once(child, 'close').then(([exitCode]: (number | null)[]): Ended => {
    log.end(`makenix ended with exit code ${exitCode}`);
    return { exitCode: exitCode ?? null, stderr, stdout, events: log.all };
  });
  onTestFinished(async () => {
    await end(child, ended);
    checkLaws(log.all, child.signalCode === 'SIGKILL');
  });
  return {
    pid: child.pid ?? 0,
    log,
    stderr: () => stderr,
    signal: (name) => child.kill(name),
    ended,
  };
}

/** The last line of a process that is killed may be the beginning of one. */
function readEvent(line: string): Envelope | undefined {
  try {
    return line.startsWith('{"v":') ? (JSON.parse(line) as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing of the machine's may decide a test; NIX_CONF_DIR and PATH are how a test is given its Nix. */
const outsideInfluence = {
  NIX_PATH: '',
  NIX_CONFIG: undefined,
  NIX_REMOTE: undefined,
  CHOKIDAR_USEPOLLING: undefined,
  FORCE_COLOR: undefined,
  NODE_OPTIONS: undefined,
};

async function end(child: ChildProcessByStdio<null, Readable, Readable>, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const below = descendantsOf(child.pid ?? 0);
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
  for (const { pid } of stillRunning(below)) process.kill(pid, 'SIGKILL');
}
