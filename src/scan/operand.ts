import type { ProjectPath } from '../model/ids.ts';

/**
 * How a directive names a file, as it is written there: `"a.h"` or `<a.h>`, and `next "a.h"` where the search goes on
 * behind the directory that the file itself was found in (`#include_next`).
 */
export interface Operand {
  /** Between the delimiters; decoded as UTF-8. */
  readonly name: string;
  /** The directory of the file that says so is searched first. */
  readonly isQuoted: boolean;
  readonly isNext: boolean;
}

const next = 'next ';

export const nextOperand = (operand: string): string => next + operand;

/** Of what a projection calls an operand. */
export function readOperand(text: string): Operand {
  const isNext = text.startsWith(next);
  const delimited = isNext ? text.slice(next.length) : text;
  return { name: delimited.slice(1, -1), isQuoted: delimited.startsWith('"'), isNext };
}

/** `../inc/./a.h` could be any file that ends in `inc/a.h`: where a name leads depends on directories we need not know. */
export function couldName(name: string, path: ProjectPath): boolean {
  const tail: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..') tail.length = 0;
    else if (part !== '.' && part !== '') tail.push(part);
  }
  const suffix = tail.join('/');
  return path === suffix || path.endsWith(`/${suffix}`);
}
