import type { Diagnostic } from '../model/diagnostic.ts';
import type { CycleFinished, Envelope } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { itemsOf } from './chain.ts';
import { diagnosticsOf, type CycleView, type View } from './view.ts';

/*
 * What of the stream is news to a person, the same for every renderer that writes for one.
 */

/** A check that found nothing, which nobody asked for. */
export const isUneventful = (view: View, finished: CycleFinished): boolean =>
  view.cycle?.trigger === 'reconcile' && finished.outcome === 'up-to-date';

/** A cycle that found every file as it was, whatever was saved. */
export function isUnchanged(cycle: CycleView, finished: CycleFinished): boolean {
  const { added, removed, changed } = cycle.graph;
  const edits = added.length + removed.length + changed.length;
  return finished.outcome === 'up-to-date' && edits === 0 && cycle.rows === undefined;
}

/**
 * That steps failed is in their own rows already. What keeps many units from being scanned, a header that is gone, is
 * said once; the closing line counts them.
 */
export function isOldNews(e: Extract<Envelope, { kind: 'failure' }>, view: View): boolean {
  if (view.cycle === undefined) return false;
  if (e.failure.kind === 'scan-failed') {
    const cause = causeOf(e.failure);
    // The view has this one already.
    return cause !== undefined && itemsOf(view.cycle.failures).filter((each) => causeOf(each) === cause).length > 1;
  }
  if (e.failure.kind !== 'build-failed') return false;
  const failed = new Set(itemsOf(view.cycle.rows).flatMap((row) => (row.outcome === 'failed' ? [row.name] : [])));
  return e.failure.steps.every((step) => failed.has(step));
}

/** Place and words of the first thing the compiler said. */
function causeOf(failure: Failure): string | undefined {
  const [first] = failure.kind === 'scan-failed' ? failure.diagnostics : [];
  return first === undefined ? undefined : [first.file, first.line, first.column, first.message].join(':');
}

export interface Replay {
  readonly diagnostics: readonly Diagnostic[];
  /** How many units they were made for. */
  readonly units: number;
}

/**
 * What the compiler said of units that were not compiled again, and still holds. Notes belong to gcc's quotes of the
 * source, which were shown when they were new; they come only where everything is wanted.
 */
export function replayOf(cycle: CycleView, verbose: boolean): Replay {
  const replayed = diagnosticsOf(cycle).filter(
    ({ diagnostic }) => diagnostic.replayed && (verbose || diagnostic.severity !== 'note'),
  );
  return {
    diagnostics: replayed.map(({ diagnostic }) => diagnostic),
    units: new Set(replayed.flatMap(({ names }) => [...names])).size,
  };
}
