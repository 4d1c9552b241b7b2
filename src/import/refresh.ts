import { createHash } from 'node:crypto';
import type { Failure } from '../model/failure.ts';
import { contentHash } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { planFile } from '../plan/definition-files.ts';
import { printRecordedPlan } from '../plan/recorded-plan.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { refreshed } from '../plan/staleness.ts';
import type { ImportPorts } from './importer.ts';

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
  const common = { purpose: 'refresh' as const, units: 0, products: 0, targets: [], notUnderstood: [] };
  emit({ kind: 'import-started', command, purpose: 'refresh', because });
  // As they are before: what changes while the build runs is one more change.
  const next = refreshed(recorded, (path) => {
    const contents = files.read(path);
    return contents === undefined ? undefined : contentHash(createHash('sha256').update(contents).digest('hex'));
  });
  const { ended, exitCode, stdout, stderr } = await commands.run({ file, args, cwd: files.root, signal });
  const isGood = ended === 'exited' && exitCode === 0;
  const outcome = isGood ? 'imported' : signal.aborted ? 'cancelled' : 'failed';
  emit({ kind: 'import-finished', outcome, ms: Math.round(clock.elapsed() - started), ...common });
  if (ended === 'not-found') return fail({ kind: 'command-missing', command: file });
  if (!isGood && !signal.aborted) {
    const output = `${stdout}${stderr}`;
    return fail({ kind: 'own-build-failed', command: command.join(' '), exitCode, output });
  }
  if (isGood) files.write(planFile, printRecordedPlan(next));
  return ok(isGood);
}
