import { posix } from 'node:path';
import { responseWords } from '../command/response-file.ts';

/** The text of a file by its absolute path; undefined where it is not there. */
export type ReadText = (path: string) => string | undefined;

/** What the `@file` words of a command line hold, and those that such files name, as a trace has them. */
export function responseFilesOf(
  argv: readonly string[],
  directory: string,
  read: ReadText,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const rest = argv.slice(1);
  for (let word = rest.pop(); word !== undefined; word = rest.pop()) {
    const name = word.startsWith('@') ? word.slice(1) : '';
    if (name === '' || found.has(name)) continue;
    const text = read(posix.resolve(directory, name));
    if (text === undefined) continue;
    found.set(name, text);
    rest.push(...responseWords(text));
  }
  return found;
}

/** `@file` words of a command line whose files are not there: what they would say is not known. */
export const missingResponseFiles = (
  argv: readonly string[],
  responseFiles: ReadonlyMap<string, string>,
): readonly string[] =>
  argv.slice(1).filter((word) => /^@[^/]*[^@]/.test(word) && word.length > 1 && !responseFiles.has(word.slice(1)));
