import type { Diagnostic } from '../model/diagnostic.ts';
import type { ProjectPath } from '../model/ids.ts';
import { pathIn } from '../plan/from-directory.ts';

// Digits are bounded so that they make a number that JavaScript can hold.
const ofCompiler =
  /:(\d{1,9})(?::(\d{1,9}))?: (fatal error|error|warning|note|remark|internal compiler error|sorry, unimplemented): (.*)$/is;
const ofLinker = /:(\d{1,9}): ((?:undefined reference to|more undefined references to|multiple definition of) .*)$/s;

/** Source that a compiler quotes below a diagnostic: `   12 | text`. Whatever it holds, it is nobody's word. */
const quotedSource = /^ *(?:\d+ )?\|/;
/** Places that are no files: `<command-line>`, `<built-in>`, `{standard input}`. */
const noFile = /^(?:<.*>|\{.*\})$/;

/**
 * Reads one line of what a compiler, assembler or linker prints; undefined where it is no diagnostic with a place:
 *
 * - `file:line:column: severity: message` or `file:line: severity: message` (gcc, clang; gas with a capital);
 * - `file:line: undefined reference to …` and the like (ld, where there is debug information), which are errors.
 *
 * A fatal error is an error and a remark is a note, whose messages are without the word. File names may hold blanks and
 * colons; a leading `./` is left out, and what is named from the `directory` that the compiler ran in is named from the
 * project. Never throws, and takes time linear in the line.
 */
export function parseDiagnosticLine(line: string, directory?: ProjectPath): Diagnostic | undefined {
  const diagnostic = parseLine(line);
  if (diagnostic === undefined || directory === undefined) return diagnostic;
  return { ...diagnostic, file: pathIn(directory, diagnostic.file) ?? diagnostic.file };
}

function parseLine(line: string): Diagnostic | undefined {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.startsWith('In file included from ') || quotedSource.test(text)) return undefined;
  const compiler = ofCompiler.exec(text);
  if (compiler !== null) {
    const [, at = '', column = '0', word = '', message = ''] = compiler;
    return diagnostic(text.slice(0, compiler.index), at, column, ...judge(word.toLowerCase(), message));
  }
  const linker = ofLinker.exec(text);
  if (linker === null) return undefined;
  const [, at = '', message = ''] = linker;
  return diagnostic(text.slice(0, linker.index).replace(/^\S*\bld(?:\.\w+)?: /, ''), at, '0', 'error', message);
}

function judge(word: string, message: string): [severity: Diagnostic['severity'], message: string] {
  switch (word) {
    case 'error':
    case 'fatal error':
      return ['error', message];
    case 'warning':
      return ['warning', message];
    case 'note':
    case 'remark':
      return ['note', message];
    default:
      // An internal error is the compiler's and not the source's: the words are needed.
      return ['error', `${word}: ${message}`];
  }
}

function diagnostic(
  path: string,
  at: string,
  column: string,
  severity: Diagnostic['severity'],
  message: string,
): Diagnostic | undefined {
  const file = path.replace(/^(?:\.\/+)+/, '');
  const line = Number(at);
  if (file === '' || line === 0 || noFile.test(file)) return undefined;
  return { severity, file, line, column: Number(column), message };
}
