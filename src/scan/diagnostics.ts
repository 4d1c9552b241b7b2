import type { Diagnostic } from '../model/diagnostic.ts';

/**
 * Reads one line of a compiler's, assembler's or linker's output; undefined where it is no diagnostic with a place:
 *
 * - `file:line:column: severity: message` and `file:line: severity: message` (gcc, clang, gas);
 * - `ld: file:line: undefined reference to …` and the like, which name a line where there is debug information.
 *
 * A fatal error is an error, and its message is without the word; clang's remarks are notes. A leading `./` is left out
 * of the file's name, which may hold blanks and colons otherwise. Takes time linear in the line and never throws.
 */
export function parseDiagnosticLine(line: string): Diagnostic | undefined {
  // Lines that quote a place in passing can be long; most lines of a log have no place at all.
  const match = compilerLine.exec(line) ?? linkerLine.exec(line);
  if (match === null) return undefined;
  const [place, lineNumber, column = '0', word = 'error', message = ''] = match;
  const file = line.slice(0, match.index).replace(/^(?:\.\/+)+/, '');
  return undefined;
}
