import type { ImportFailure, RecordFailure } from '../model/failure.ts';
import type { ImportFinished, ImportStarted, PlanStale } from '../model/events.ts';
import { describePaths } from './describe-event.ts';
import { formatDuration } from './duration.ts';
import { errorText } from './error-text.ts';

/*
 * The words for importing a build. But for failures, which are whole texts, all are for one line and not yet safe for a
 * terminal.
 */

export function describeImport({ command, purpose, because }: ImportStarted): string {
  const words = command.join(' ');
  if (because.length === 0) return `${purpose === 'read' ? 'reading' : 'recording'} ${words}`;
  const changed = `${describePaths(because)} changed`;
  if (purpose === 'read') return `the plan may be stale (${changed}): re-importing ${words}`;
  return purpose === 'record'
    ? `the plan may be stale (${changed}): re-importing, with ${words}`
    : `what is generated may be stale (${changed}): running ${words}`;
}

/** More than these are in makenix.plan.json, and with `isVerbose` here too. */
const mostGaps = 8;

export function describeImported(e: ImportFinished, isVerbose: boolean): readonly string[] {
  const time = formatDuration(e.ms);
  if (e.outcome === 'cancelled') return [`stopped after ${time}`];
  if (e.outcome === 'failed' && e.purpose === 'read') return [`not imported; the plan is as it was`];
  if (e.outcome === 'failed') return [`the build failed after ${time}; the plan is as it was`];
  if (e.purpose === 'refresh') return [`generated anew in ${time}`];
  const gaps = e.notUnderstood;
  const shown = isVerbose ? gaps : gaps.slice(0, mostGaps);
  const rest = gaps.length - shown.length;
  return [
    `${e.purpose === 'read' ? 'read' : 'recorded'} in ${time}: ${count(e.units, 'object')}, ${count(e.products, 'product')}; ` +
      (gaps.length === 0 ? 'all of it understood' : `${count(gaps.length, 'thing')} not understood:`),
    ...shown.map(({ problem, targets }) => `${problem} (${touched(targets)})`),
    ...(rest > 0 ? [`and ${String(rest)} more, in makenix.plan.json`] : []),
    ...(e.targets.length === 0 ? [] : [`targets: ${describeTargets(e.targets)}`]),
  ];
}

export const describeStale = ({ paths }: PlanStale): string =>
  `makenix.plan.json may be stale: ${describePaths(paths)} changed since it was recorded; makenix import records anew`;

const count = (n: number, noun: string): string => `${String(n)} ${noun}${n === 1 ? '' : 's'}`;

const touched = (targets: readonly string[]): string =>
  targets.length === 0 ? 'no target is known to need it' : `part of ${describePaths(targets)}`;

function describeTargets(targets: readonly string[]): string {
  const shown = 10;
  const rest = targets.length - shown;
  return targets.slice(0, shown).join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}

/** A build that was run to be recorded and gave no plan, in words; see `describeFailure`. */
export function describeImportFailure(failure: ImportFailure | RecordFailure): string {
  switch (failure.kind) {
    case 'command-missing':
      return errorText({
        what: `there is no program ${failure.command}`,
        hint: "give the project's build command after --, as you would type it: makenix import -- make -j2",
      });
    case 'own-build-failed':
      return errorText({
        what: `the project's own build failed${failure.exitCode === undefined ? '' : ` (exit code ${failure.exitCode})`}; the plan is as it was`,
        output: lastLines(failure.output, 30),
        who: `the command was: ${failure.command}`,
        hint: 'once it is mended, the next save runs it again; so does makenix import',
      });
    case 'nothing-recorded':
      return errorText({
        what:
          failure.objects === 0
            ? 'the build compiled nothing'
            : 'the build compiled, and made no program or library that is still there',
        who: `the command was: ${failure.command}`,
        hint: 'clean first, so that everything is built: make clean, ninja -t clean, …; what does not run is not recorded',
      });
    case 'not-recorded':
      return errorText({
        what: 'the command ran, but nothing of it could be recorded',
        who: `the command was: ${failure.command}`,
        hint: 'a static or setuid program cannot be: give the command that it starts, such as make, instead',
      });
  }
}

/** A build prints much before it fails. */
const lastLines = (text: string, most: number): string => text.trimEnd().split('\n').slice(-most).join('\n');
