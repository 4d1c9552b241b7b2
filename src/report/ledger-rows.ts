import { describeBecause, outcomeWords } from './describe-event.ts';
import { formatDuration } from './duration.ts';
import type { LedgerOptions } from './ledger-options.ts';
import type { Line } from './line.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';
import type { Row } from './view.ts';
import { cutStart, displayWidth, padding } from './width.ts';

/** Rows of one outcome that still get read; a change of a common header rebuilds hundreds. */
const mostRows = 10;
/** Indent and label. */
const nameColumn = 12;
const gap = 3;

/** What is one line or two of the ledger. */
interface Cells {
  readonly outcome: Row['outcome'];
  readonly name: string;
  readonly time: string;
  readonly reason: string;
}

type Entry = { readonly cells: Cells } | { readonly more: number };

/**
 * The steps of a cycle in aligned columns, in the order they ended. Where there are many of one outcome: grouped, and
 * the slowest of each.
 *
 *     rebuilt   src/hello.o    118 ms   src/hello.c changed
 *     cut off   main                    src/hello.o came out the same
 */
export function rowLines(rows: readonly Row[], options: LedgerOptions): readonly Line[] {
  const entries = options.verbose ? rows.map((row) => ({ cells: cellsOf(row) })) : choose(rows);
  const layout = layoutOf(
    entries.flatMap((entry) => ('cells' in entry ? [entry.cells] : [])),
    options.columns,
  );
  return entries.flatMap((entry) =>
    'cells' in entry
      ? cellLines(entry.cells, layout, options.style)
      : [[[' '.repeat(nameColumn)], [`… and ${entry.more} more`, options.style.dim]]],
  );
}

function choose(rows: readonly Row[]): readonly Entry[] {
  // What failed comes last, next to the line that says so.
  const groups = (['rebuilt', 'cut-off', 'cancelled', 'failed'] as const).map((outcome) =>
    rows.filter((row) => row.outcome === outcome),
  );
  if (groups.every((group) => group.length <= mostRows)) return rows.map((row) => ({ cells: cellsOf(row) }));
  return groups.flatMap((group): readonly Entry[] => {
    const shown = group.toSorted((a, b) => b.ms - a.ms).slice(0, mostRows);
    const rest = group.length - shown.length;
    return [...shown.map((row) => ({ cells: cellsOf(row) })), ...(rest > 0 ? [{ more: rest }] : [])];
  });
}

const cellsOf = (row: Row): Cells => ({
  outcome: row.outcome,
  name: printable(row.name),
  time: row.outcome === 'cut-off' ? '' : formatDuration(row.ms),
  reason: printable(describeBecause(row.because, row.outcome)),
});

interface Layout {
  readonly name: number;
  readonly time: number;
  /** On a narrow terminal a reason has a line of its own: it is what the row is for. */
  readonly stacked: boolean;
}

function layoutOf(cells: readonly Cells[], columns: number | undefined): Layout {
  const widest = (text: (cell: Cells) => string): number =>
    cells.reduce((most, cell) => Math.max(most, displayWidth(text(cell))), 0);
  const time = widest((cell) => cell.time) === 0 ? 0 : Math.max(10, widest((cell) => cell.time) + 2);
  const name = widest((cell) => cell.name);
  if (columns === undefined) return { name, time, stacked: false };
  const rest = columns - nameColumn - time;
  const beside =
    rest -
    gap -
    Math.min(
      widest((cell) => cell.reason),
      24,
    );
  if (name <= beside || beside >= 20) return { name: Math.min(name, beside), time, stacked: false };
  return { name: Math.min(name, Math.max(rest, 2)), time, stacked: true };
}

function cellLines(cells: Cells, layout: Layout, style: Style): readonly Line[] {
  const name = cutStart(cells.name, layout.name);
  const head: Line = [
    [`  ${outcomeWords[cells.outcome].padEnd(nameColumn - 2)}`, outcomePaint(style)[cells.outcome]],
    [name + padding(name, layout.name)],
    [cells.time.padStart(layout.time), style.dim],
  ];
  if (cells.reason === '') return [trimmed(head)];
  if (!layout.stacked) return [[...head, [' '.repeat(gap) + cells.reason, style.dim]]];
  return [trimmed(head), [[' '.repeat(nameColumn)], [cells.reason, style.dim]]];
}

/** Without the padding at its end. */
function trimmed(line: Line): Line {
  const last = line.findLastIndex(([text]) => text.trim() !== '');
  return line.slice(0, last + 1).map(([text, paint], index) => {
    const shown = index === last ? text.trimEnd() : text;
    return paint === undefined ? [shown] : [shown, paint];
  });
}

const outcomePaint = (style: Style) =>
  ({ rebuilt: style.green, 'cut-off': style.cyan, failed: style.red, cancelled: style.yellow }) as const;
