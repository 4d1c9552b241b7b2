import { printable, printableLog } from './printable.ts';

export interface ErrorParts {
  readonly what: string;
  /** A program's own text, shown as it wrote it between what and who: lines at the margin, where editors find them. */
  readonly output?: string | undefined;
  readonly who?: string | undefined;
  readonly hint?: string | undefined;
}

/** Lays an error out, each part on lines of its own, and makes it safe to print. */
export function errorText(parts: ErrorParts): string {
  const lines = [`error: ${printable(parts.what)}`];
  if (parts.output !== undefined) lines.push(...outputLines(parts.output));
  if (parts.who !== undefined) lines.push(`  ${printable(parts.who)}`);
  if (parts.hint !== undefined) lines.push(`  hint: ${printable(parts.hint)}`);
  return lines.join('\n');
}

/** A program's text as safe lines, without empty ones at its ends. */
function outputLines(output: string): readonly string[] {
  const lines = output.split(/\r?\n/);
  const isText = (line: string): boolean => line.trim() !== '';
  const start = lines.findIndex(isText);
  return start < 0 ? [] : lines.slice(start, lines.findLastIndex(isText) + 1).map(printableLog);
}

export const quoteList = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ');
