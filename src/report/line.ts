import { printable } from './printable.ts';
import type { Paint } from './style.ts';
import { displayWidth, takeColumns } from './width.ts';

/** A piece of a line: any text, a project's strings included, and how to paint it. */
export type Span = readonly [text: string, paint?: Paint];

/** One line for a person, before it is made safe, cut and painted. */
export type Line = readonly Span[];

/**
 * The one way from names to the terminal, so that none goes round `printable`: makes each span safe, cuts the line at
 * `columns` (with `…`), then paints, so that no cut falls inside an escape sequence.
 */
export function renderLine(line: Line, columns: number | undefined): string {
  const fits = columns === undefined || lineWidth(line) <= columns;
  let room = fits ? Infinity : columns - 1;
  let text = '';
  for (const [raw, paint] of line) {
    const taken = takeColumns(printable(raw), room);
    text += paint === undefined ? taken : paint(taken);
    room -= displayWidth(taken);
  }
  return fits ? text : `${text}…`;
}

/** Columns of a line as it will be shown. */
export const lineWidth = (line: Line): number => line.reduce((sum, [text]) => sum + displayWidth(printable(text)), 0);
