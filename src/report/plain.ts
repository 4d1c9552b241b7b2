import type { CycleFinished, Envelope, Reason } from '../model/events.ts';
import {
  count,
  describeBecause,
  describeCounts,
  describeChecked,
  describeDegraded,
  describeExit,
  describeFallback,
  describeResumed,
  describeGraph,
  describeOutcome,
  describePaths,
  describePlace,
  describeReplay,
  describeStage,
  describeStanzas,
  describeStart,
  generatorWords,
  outcomeWords,
} from './describe-event.ts';
import { describeImport, describeImported, describeStale } from './describe-import.ts';
import { describeUnwritten } from './describe-state.ts';
import { placeOf } from './closing.ts';
import { describeVerification, describeVerified, isAsExpected } from './describe-verification.ts';
import { describeFailure } from './describe.ts';
import { formatDuration } from './duration.ts';
import { createLogGroups, type LogPiece } from './log-groups.ts';
import { printable, printableLog } from './printable.ts';
import type { Renderer, TextOut } from './renderer.ts';
import { isOldNews, isUneventful, replayOf, type Replay } from './news.ts';
import { initialView, isWorking, nextView, type View } from './view.ts';

export interface PlainOptions {
  readonly verbose: boolean;
}

/** More changed edges than this are counted instead of listed. */
const mostEdges = 10;

/**
 * Writes the stream as lines, for pipes and CI: one a fact, as it happens, nothing redrawn, no colour. Compilers' text
 * is as they wrote it, each step's lines together below the step's name.
 */
export function createPlainRenderer(out: TextOut, options: PlainOptions): Renderer {
  const logs = createLogGroups();
  let view = initialView;
  return {
    event(e) {
      const before = view;
      view = nextView(before, e);
      const lines = [...logPieces(e, view).map(pieceText), ...factLines(e, before, view, options).map(printable)];
      if (e.kind === 'failure' && !isOldNews(e, view)) lines.push(describeFailure(e.failure));
      if (lines.length > 0) out.write(`${lines.join('\n')}\n`);
    },
    close: () => undefined,
  };

  function logPieces(e: Envelope, now: View): readonly LogPiece[] {
    if (e.kind === 'log-line') return logs.line(e.name, e.text, now.cycle?.running.has(e.name) ?? false);
    if (e.kind === 'derivation-finished') return logs.finish(e.name);
    return e.kind === 'cycle-finished' || e.kind === 'daemon-stopped' ? logs.flush() : [];
  }
}

const pieceText = (piece: LogPiece): string =>
  piece.kind === 'head' ? `[${printable(piece.name)}]` : printableLog(piece.text);

const because = (reasons: readonly Reason[], outcome?: 'rebuilt' | 'cut-off' | 'failed' | 'cancelled'): string => {
  const words = describeBecause(reasons, outcome);
  return words === '' ? '' : `: ${words}`;
};

/** The facts of one event, one a line, not yet safe to print. */
function factLines(e: Envelope, before: View, view: View, { verbose }: PlainOptions): readonly string[] {
  switch (e.kind) {
    case 'daemon-started':
      return [describeStart(e)];
    case 'change-observed':
      return [`${describePaths(e.paths)} changed`];
    case 'unit-scanned':
      return verbose ? [`[${e.source}] scanned in ${formatDuration(e.ms)}${because(e.because)}`] : [];
    case 'unit-failed':
      // The failure that follows says more.
      return verbose ? [`[${e.source}] scan failed after ${formatDuration(e.ms)}${because(e.because)}`] : [];
    case 'graph-changed':
      return describeGraph(e.added, e.removed, '->', verbose ? Infinity : mostEdges)
        .filter(() => e.added.length + e.removed.length > 0)
        .map((text) => `graph: ${text}`);
    case 'generator-started':
      return verbose ? [`${describeStage(e.stage)} started`] : [];
    case 'generator-finished':
      return verbose || e.outcome === 'failed'
        ? [`${describeStage(e.stage)} ${generatorWords[e.outcome]} ${formatDuration(e.ms)}`]
        : [];
    case 'stanzas-written':
      return e.changed.length === 0 && !verbose ? [] : [`stanzas: ${describeStanzas(e.changed.length, e.unchanged)}`];
    case 'derivation-started':
      return verbose ? [`[${e.name}] started${because(e.because)}`] : [];
    case 'derivation-finished':
      return [finishedText(e)];
    case 'watch-degraded':
      return [`warning: ${describeDegraded(e)}`];
    case 'import-started':
      return [describeImport(e)];
    case 'import-finished':
      return describeImported(e, verbose);
    case 'engine-fallback':
      return [`warning: ${describeFallback(e.because)}`];
    case 'derivations-checked': {
      const [first = '', ...rest] = describeChecked(e);
      return [e.differing.length > 0 ? `warning: ${first}` : `checked: ${first}`, ...rest.map((text) => `  ${text}`)];
    }
    case 'engine-resumed':
      return [`warning: ${describeResumed(e.because)}`];
    case 'verification-started':
      return verbose ? [`comparing ${count(e.objects, 'object')} with what a compile in the tree makes`] : [];
    case 'object-verified': {
      if (isAsExpected(e) && !verbose) return [];
      const [first = '', ...rest] = describeVerified(e);
      return [isAsExpected(e) ? first : `error: ${first}`, ...rest.map((text) => `  ${text}`)];
    }
    case 'verification-finished':
      return [`verified: ${describeVerification(e)}`];
    case 'plan-stale':
      return [`warning: ${describeStale(e)}`];
    case 'write-failed':
      return describeUnwritten(e).map((text, line) => (line === 0 ? `warning: ${text}` : `  ${text}`));
    case 'command-started':
      return [`running ${e.argv.join(' ')}`];
    case 'command-finished':
      return [`command ${describeExit(e.exitCode, e.ms)}`];
    case 'cycle-finished':
      return isWorking(before) && (verbose || !isUneventful(view, e)) ? closing(e, view, verbose) : [];
    case 'daemon-ready':
      return ['watching; Ctrl-C stops'];
    case 'daemon-stopped':
    case 'cycle-started':
    case 'log-line':
    case 'diagnostic':
    case 'failure':
      return [];
  }
}

function finishedText(e: Extract<Envelope, { kind: 'derivation-finished' }>): string {
  const time = { rebuilt: ' in ', failed: ' after ', cancelled: ' after ', 'cut-off': undefined }[e.outcome];
  const duration = time === undefined ? '' : time + formatDuration(e.ms);
  return `[${e.name}] ${outcomeWords[e.outcome]}${duration}${because(e.because, e.outcome)}`;
}

const noReplay: Replay = { diagnostics: [], units: 0 };

function closing(e: CycleFinished, view: View, verbose: boolean): readonly string[] {
  const { diagnostics, units } = view.cycle === undefined ? noReplay : replayOf(view.cycle, verbose);
  const counts = e.outcome === 'up-to-date' ? '' : `: ${describeCounts(e)}`;
  const own = verbose ? ` (${formatDuration(e.ownMs)} of it makenix)` : '';
  return [
    ...(diagnostics.length > 0 ? [`${describeReplay(diagnostics, units)}:`] : []),
    ...diagnostics.map((each) => `${describePlace(each)}: ${each.severity}: ${each.message}`),
    ...(e.outcome === 'built' ? e.outputs.map((each) => `${each.target} -> ${placeOf(each)}`) : []),
    `${describeOutcome(e)}${own}${counts}`,
  ];
}
