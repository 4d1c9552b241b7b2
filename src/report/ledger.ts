import type { CycleFinished } from '../model/events.ts';
import { itemsOf } from './chain.ts';
import { closingLines } from './closing.ts';
import {
  describeBecause,
  describeGraph,
  describePaths,
  describePlace,
  describeReplay,
  describeStanzas,
} from './describe-event.ts';
import { formatDuration } from './duration.ts';
import type { LedgerOptions } from './ledger-options.ts';
import { rowLines } from './ledger-rows.ts';
import { renderLine, type Line } from './line.ts';
import { replayOf } from './news.ts';
import type { Style } from './style.ts';
import type { CycleView, View } from './view.ts';

/** More changed edges than this are counted instead of listed. */
const mostEdges = 4;
/** So many replayed diagnostics still get read. */
const mostReplayed = 10;

/** `● src/hello.c changed`: what a cycle is about. */
export const headLine = (paths: readonly string[], style: Style): Line => [
  ['● ', style.cyan],
  [`${describePaths(paths)} changed`, style.bold],
];

/** What the head names: the saves, or what a full check found where no save was seen. The first cycle has none. */
export function headPaths(cycle: CycleView): readonly string[] {
  return cycle.changes.length > 0 || cycle.trigger === 'request' ? cycle.changes : cycle.graph.changed;
}

/** The account of a finished cycle, below its head: what changed, what was done and why, and how it ended. */
export function ledgerLines(
  view: View,
  cycle: CycleView,
  finished: CycleFinished,
  options: LedgerOptions,
): readonly string[] {
  const lines = [
    ...scanLines(cycle, options),
    ...graphLines(cycle, options),
    ...stanzaLines(cycle, options),
    ...rowLines(itemsOf(cycle.rows), options),
  ];
  return [
    ...lines.map((line) => renderLine(line, options.columns)),
    // Not cut: half a compiler's message is none, and a terminal can wrap it.
    ...replayedLines(cycle, options).map((line) => renderLine(line, undefined)),
    ...closingLines(finished, view.earlierOutputs, options),
  ];
}

function scanLines(cycle: CycleView, { verbose, style }: LedgerOptions): readonly Line[] {
  if (!verbose) return [];
  return itemsOf(cycle.scans).map(({ source, ok, because, ms }) => [
    ok ? ['  scanned   '] : ['  unscanned ', style.red],
    [source],
    [`   ${formatDuration(ms)}   ${describeBecause(because)}`, style.dim],
  ]);
}

function graphLines(cycle: CycleView, { verbose }: LedgerOptions): readonly Line[] {
  const { added, removed } = cycle.graph;
  if (added.length + removed.length === 0) return [];
  const texts = describeGraph(added, removed, '→', verbose ? Infinity : mostEdges);
  return texts.map((text, index) => [[index === 0 ? '  graph     ' : '            '], [text]]);
}

function stanzaLines(cycle: CycleView, { verbose }: LedgerOptions): readonly Line[] {
  if (cycle.stanzas === undefined) return [];
  const { changed, unchanged } = cycle.stanzas;
  return changed === 0 && !verbose ? [] : [[['  stanzas   '], [describeStanzas(changed, unchanged)]]];
}

function replayedLines(cycle: CycleView, { verbose, style }: LedgerOptions): readonly Line[] {
  const { diagnostics, units } = replayOf(cycle, verbose);
  if (diagnostics.length === 0) return [];
  const shown = verbose ? diagnostics : diagnostics.slice(0, mostReplayed);
  const rest = diagnostics.length - shown.length;
  const more: Line = [[`    … and ${rest} more`, style.dim]];
  return [
    [[`  ${describeReplay(diagnostics, units)}:`, style.yellow]],
    ...shown.map((each): Line => [
      [`    ${describePlace(each)}: `],
      [each.severity, severityPaint(style)[each.severity]],
      [`: ${each.message}`],
    ]),
    ...(rest > 0 ? [more] : []),
  ];
}

/** The colours gcc itself uses. */
export const severityPaint = (style: Style) =>
  ({ error: style.red, warning: style.magenta, note: style.cyan }) as const;
