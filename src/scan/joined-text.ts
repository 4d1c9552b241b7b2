import { BACKSLASH, CR, EQUALS, FF, LF, NUL, QUESTION, SINGLE_QUOTE, SLASH, SPACE, TAB, VT } from './bytes.ts';

/** A file as the lexer proper sees it: after phases 1 and 2 of translation, as far as compilers agree on them. */
export interface JoinedText {
  /** The contents, each backslash-newline (blanks may stand between the two, as gcc and clang have it) taken out. */
  readonly bytes: Buffer;
  /** The offsets in `bytes` at which something was taken out, ascending. */
  readonly joints: readonly number[];
  /** Holds a NUL, a CR that ends no line, or a trigraph that matters: compilers and flags differ on what those mean. */
  readonly isOdd: boolean;
}

export function joinLines(contents: Buffer): JoinedText {
  const pieces: Buffer[] = [];
  const joints: number[] = [];
  const length = contents.length;
  let isOdd = false;
  let joined = 0;
  let start = 0;
  for (let at = 0; at < length; at++) {
    switch (contents[at] ?? NUL) {
      case BACKSLASH: {
        const end = afterLineBreak(contents, at + 1);
        if (end === undefined) break;
        pieces.push(contents.subarray(start, at));
        joined += at - start;
        joints.push(joined);
        start = end;
        at = end - 1;
        break;
      }
      case QUESTION:
        if (contents[at + 1] === QUESTION && isSteeringTrigraph(contents[at + 2])) isOdd = true;
        break;
      case CR:
        if (contents[at + 1] !== LF) isOdd = true;
        break;
      case NUL:
        isOdd = true;
    }
  }
  if (joints.length === 0) return { bytes: contents, joints, isOdd };
  pieces.push(contents.subarray(start));
  return { bytes: Buffer.concat(pieces), joints, isOdd };
}

/** The offset after the line break that follows `start`, blanks aside; undefined where none does. */
function afterLineBreak(contents: Buffer, start: number): number | undefined {
  let at = start;
  for (let byte = contents[at]; byte === SPACE || byte === TAB || byte === VT || byte === FF; byte = contents[at]) at++;
  if (contents[at] === CR) at++;
  return contents[at] === LF ? at + 1 : undefined;
}

/** `??/`, `??=` and `??'` stand for a backslash, a hash and (instead of a quote) a caret. */
const isSteeringTrigraph = (third: number | undefined): boolean =>
  third === SLASH || third === EQUALS || third === SINGLE_QUOTE;
