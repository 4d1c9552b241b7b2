import { printable } from '../report/printable.ts';

/** A word of a command for a person to paste, safe to show; makenix itself never goes through a shell. */
export function shellWord(word: string): string {
  if (/^[\w./:=,@%+-]+$/.test(word)) return word;
  if (printable(word) === word) return quoted(word);
  // What a terminal would obey is left to printf(1): there is no other way that every shell has.
  const octal = (character: string): string =>
    [...Buffer.from(character)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('');
  const escaped = word.replace(/[^]/gu, (each) =>
    each === '\\' ? '\\\\' : printable(each) === each ? each : octal(each),
  );
  return `"$(printf %b ${quoted(escaped)})"`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
