import type { Language } from '../model/plan.ts';

/** gcc's own table, as far as it is C and C++; preprocessed and assembler sources are not compiled here. */
const languages: Readonly<Record<string, Language>> = {
  c: 'c',
  cc: 'c++',
  cpp: 'c++',
  cxx: 'c++',
  C: 'c++',
  'c++': 'c++',
};

// A name that is nothing but an extension (`src/.c`) is a hidden file, not a source.
const extension = /[^/]\.(cc|cpp|cxx|c\+\+|c|C)$/;

/** The language of a path by its extension, which is case-sensitive; undefined for what is not a source. */
export function languageOf(path: string): Language | undefined {
  const found = extension.exec(path)?.[1];
  return found === undefined ? undefined : languages[found];
}

/** The path without its extension: `src/hello.c` → `src/hello`. */
export const stemOf = (source: string): string => source.slice(0, source.lastIndexOf('.'));
