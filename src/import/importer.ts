import type { Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { ImportFinished, MakenixEvent } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { ProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { recordBuild } from '../record/record-build.ts';
import { foreignCompilers } from './compilers.ts';
import { importBuild } from './import-build.ts';
import { importFinished } from './import-events.ts';
import { keepingChoices, keepingGenerators, withoutRaces } from './previous-plan.ts';
import { replay } from './replay.ts';
import { touchSources } from './touch-sources.ts';
import { writePlan } from './write-plan.ts';

export interface ImportPorts {
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  readonly emit: (event: MakenixEvent) => void;
  /** A directory outside of the project, for the time of one recording; `release` removes it. */
  readonly openScratch: () => { readonly files: ProjectFiles; release(): void };
}

export interface ImportRequest {
  readonly command: readonly string[];
  /** The files that have changed since the last time; none where it was asked for. */
  readonly because: readonly string[];
  /** What the last import found, of which choices of the user's are kept. */
  readonly previous: RecordedPlan | undefined;
  readonly signal: AbortSignal;
  /** Show what the build prints only where it fails. */
  readonly isQuiet?: boolean;
}

/**
 * Runs the project's own build, records it, and writes makenix.plan.json. False where the build failed or was stopped, which
 * leaves the plan as it was.
 *
 * All of the build has to run, for what does not run is not recorded. Build tools go by time stamps, so every source gets a
 * new one before and its old one back afterwards: unlike cleaning, this needs no knowledge of the build, and removes nothing.
 */
export async function importProject(ports: ImportPorts, request: ImportRequest): Promise<Result<boolean, Failure>> {
  const { files, commands, clock, emit } = ports;
  const { command, because, previous, signal, isQuiet = false } = request;
  const [file, ...args] = command;
  if (file === undefined) throw new Error('no command');
  const started = clock.elapsed();
  const startedAt = clock.now();
  emit({ kind: 'import-started', command, purpose: 'record', because });
  const finish = (outcome: ImportFinished['outcome'], plan?: RecordedPlan): void =>
    emit(importFinished('record', outcome, plan, clock.elapsed() - started));
  const scratch = ports.openScratch();
  const restore = touchSources(files, clock);
  let recorded;
  try {
    const options = { root: files.root, directory: files.root, signal, isQuiet };
    recorded = await recordBuild([file, ...args], options, { commands, scratch: scratch.files });
  } finally {
    restore();
    scratch.release();
  }
  if (!recorded.ok) {
    finish('failed');
    return recorded;
  }
  const { ended, exitCode, output, events } = recorded.value;
  if (ended === 'not-found') {
    finish('failed');
    return fail({ kind: 'command-missing', command: file });
  }
  if (ended !== 'exited' || exitCode !== 0) {
    finish(signal.aborted ? 'cancelled' : 'failed');
    if (signal.aborted || !isQuiet) return ok(false);
    return fail({ kind: 'own-build-failed', command: command.join(' '), exitCode, output });
  }
  const replayed = replay(files.root, events);
  const isWritten = (path: ProjectPath): boolean => replayed.written.has(`${files.root}/${path}`);
  const recordedPlan = keepingGenerators(importBuild(events, replayed, files, command), previous, files);
  const plan = keepingChoices(withoutRaces(recordedPlan, files, startedAt, isWritten), previous);
  if (plan.products.length === 0) {
    finish('failed');
    return fail({ kind: 'nothing-recorded', command: command.join(' '), objects: replayed.compilers.size });
  }
  const foreign = await foreignCompilers(replayed.compilers, commands);
  const whole = { ...plan, notUnderstood: [...foreign, ...plan.notUnderstood] };
  const written = writePlan(files, whole);
  finish(written.ok ? 'imported' : 'failed', whole);
  return written.ok ? ok(true) : written;
}
