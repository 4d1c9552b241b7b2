import type { CycleFinished, Output } from '../model/events.ts';
import { describeCounts, describeOutcome } from './describe-event.ts';
import { formatDuration } from './duration.ts';
import type { LedgerOptions } from './ledger-options.ts';
import { lineWidth, renderLine, type Line } from './line.ts';
import type { Style } from './style.ts';
import { displayWidth, padding } from './width.ts';
import { printable } from './printable.ts';

/** With more new outputs than this, the rest is counted. */
const mostOutputs = 6;

/**
 * How a cycle ended, and where its outputs are:
 *
 *     ✓ main  →  result   built in 214 ms · 2 rebuilt, 0 cut off, 2 reused
 *
 * One output is always named, in that line. Of several, those that are new have lines of their own before it.
 */
export function closingLines(
  finished: CycleFinished,
  earlier: readonly Output[],
  options: LedgerOptions,
): readonly string[] {
  const { style, columns, verbose } = options;
  const facts = factsOf(finished, verbose);
  const outputs = finished.outcome === 'built' ? finished.outputs : [];
  const [only] = outputs;
  if (only === undefined || outputs.length > 1) {
    const lines = outputLines(verbose ? outputs : newOf(outputs, earlier), options);
    return [...lines.map((line) => renderLine(line, columns)), ...wrapped(mark(finished, style), [], facts, options)];
  }
  const target: Line = [[only.target, style.bold], ['  →  '], [placeOf(only)]];
  return wrapped(mark(finished, style), target, facts, options);
}

/** Where the product is: through the link in the project where there is one. */
export const placeOf = (output: Output): string => `${output.link ?? output.outPath}/${output.file}`;

function newOf(outputs: readonly Output[], earlier: readonly Output[]): readonly Output[] {
  const known = new Map(earlier.map((output) => [output.target, output.outPath]));
  return outputs.filter((output) => known.get(output.target) !== output.outPath);
}

function outputLines(outputs: readonly Output[], { style, verbose }: LedgerOptions): readonly Line[] {
  const shown = verbose ? outputs : outputs.slice(0, mostOutputs);
  const width = shown.reduce((most, { target }) => Math.max(most, displayWidth(printable(target))), 0);
  const lines = shown.map((output): Line => [
    ['  '],
    [output.target, style.bold],
    [`${padding(printable(output.target), width)}  →  ${placeOf(output)}`],
    ...(verbose && output.link !== null ? [[`  (${output.outPath})`, style.dim] as const] : []),
  ]);
  const rest = outputs.length - shown.length;
  return rest > 0 ? [...lines, [['  '], [`… and ${rest} more`, style.dim]]] : lines;
}

function factsOf(finished: CycleFinished, verbose: boolean): readonly string[] {
  const { outcome, rebuilt, cutOff, failed, reused } = finished;
  const didNothing = rebuilt.length + cutOff.length + failed.length + reused === 0;
  return [
    describeOutcome(finished),
    ...(outcome === 'up-to-date' || didNothing ? [] : [describeCounts(finished)]),
    ...(verbose ? [`${formatDuration(finished.ownMs)} of it makenix`] : []),
  ];
}

function mark(finished: CycleFinished, style: Style): Line {
  switch (finished.outcome) {
    case 'built':
    case 'up-to-date':
      return [['✓ ', style.green]];
    case 'failed':
      return [['✗ ', style.red]];
    case 'cancelled':
      return [['– ', style.yellow]];
  }
}

/** The facts in one line where they fit, else what does not fit moves, whole, to lines below. */
function wrapped(
  start: Line,
  target: Line,
  facts: readonly string[],
  { style, columns }: LedgerOptions,
): readonly string[] {
  const lines: Line[] = [];
  let line: Line = [...start, ...target];
  let empty = target.length === 0;
  for (const [index, fact] of facts.entries()) {
    const separator = empty ? '' : index === 0 ? '   ' : ' · ';
    const longer: Line = [...line, [separator, style.dim], [fact]];
    if (empty || columns === undefined || lineWidth(longer) <= columns) {
      line = longer;
    } else {
      lines.push(line);
      line = [['  '], [fact]];
    }
    empty = false;
  }
  return [...lines, line].map((each) => renderLine(each, columns));
}
