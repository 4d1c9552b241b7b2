import { fail, ok } from '../../model/result.ts';
import type { Result } from '../../model/result.ts';
import { quotedWords } from './quoted-words.ts';

/** Response files that name each other; the same ones would be put in for ever. */
export interface ResponseCycle {
  readonly problem: 'cycle';
  /** Each once, from the one that was met first. */
  readonly files: readonly string[];
}

/**
 * Puts the words of response files in the place of the `@file` words that name them, within them too. `files` has their
 * contents by the names used, which are relative to the working directory wherever they stand. As with gcc, ar and ld
 * (libiberty's expandargv), a word whose file is not there stays, and the program's own name is never looked at.
 */
export function expandResponseFiles(
  argv: readonly string[],
  files: ReadonlyMap<string, string>,
): Result<readonly string[], ResponseCycle> {
  const words: string[] = argv.slice(0, 1);
  // A stack of its own: files may be nested deeper than calls may be.
  const stack: { readonly name: string; readonly words: readonly string[]; next: number }[] = [];
  const open = new Set<string>();
  stack.push({ name: '', words: argv, next: 1 });
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const word = top.words[top.next++];
    if (word === undefined) {
      stack.pop();
      open.delete(top.name);
      continue;
    }
    const name = word.startsWith('@') ? word.slice(1) : undefined;
    const text = name === undefined ? undefined : files.get(name);
    if (name === undefined || text === undefined) {
      words.push(word);
    } else if (open.has(name)) {
      const names = [...open];
      return fail({ problem: 'cycle', files: names.slice(names.indexOf(name)) });
    } else {
      stack.push({ name, words: responseWords(text), next: 0 });
      open.add(name);
    }
  }
  return ok(words);
}

/**
 * The words of a response file, as libiberty's buildargv has them: backslashes escape within quotes of both kinds, and one at
 * the end, and quotes left open, count for nothing. Other than in a shell, a backslash and a line break are a line break.
 */
export const responseWords = (text: string): readonly string[] => quotedWords(text, 'escapes').words;
