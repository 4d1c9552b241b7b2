import { printable } from '../report/printable.ts';

/** A word of a command for a person to paste; makenix itself never goes through a shell. */
export const shellWord = (word: string): string =>
  /^[\w./:=,@%+-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", "'\\''")}'`;
