import type { Failure } from '../model/failure.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { refreshed } from '../plan/staleness.ts';
import { digestOf } from './digests.ts';
import { importFinished } from './import-events.ts';
import type { ImportPorts } from './importer.ts';
import { writePlan } from './write-plan.ts';

/**
 * Runs the project's own build to have it make anew what it generates, of files that have changed; the plan stays, and
 * remembers them as they are now. What was generated is then found like any other change. False where it was stopped.
 */
export async function refreshGenerated(
  { files, commands, clock, emit }: Omit<ImportPorts, 'openScratch'>,
  recorded: RecordedPlan,
  because: readonly string[],
  signal: AbortSignal,
): Promise<Result<boolean, Failure>> {
  const { command } = recorded;
  const [file = '', ...args] = command;
  const started = clock.elapsed();
  emit({ kind: 'import-started', command, purpose: 'refresh', because });
  // As they are before: what changes while the build runs is one more change.
  const next = refreshed(recorded, (path) => digestOf(path, files));
  const { ended, exitCode, stdout, stderr } = await commands.run({ file, args, cwd: files.root, signal });
  const isGood = ended === 'exited' && exitCode === 0;
  const outcome = isGood ? 'imported' : signal.aborted ? 'cancelled' : 'failed';
  emit(importFinished('refresh', outcome, undefined, clock.elapsed() - started));
  if (ended === 'not-found') return fail({ kind: 'command-missing', command: file });
  if (!isGood && !signal.aborted) {
    const output = `${stdout}${stderr}`;
    return fail({ kind: 'own-build-failed', command: command.join(' '), exitCode, output });
  }
  if (!isGood) return ok(false);
  const written = writePlan(files, next);
  return written.ok ? ok(true) : written;
}
