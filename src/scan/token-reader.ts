import {
  ASTERISK,
  BACKSLASH,
  CAPITAL_R,
  DOT,
  DOUBLE_QUOTE,
  LF,
  MINUS,
  PLUS,
  SINGLE_QUOTE,
  SLASH,
  isBlank,
  isExponent,
  isWordByte,
} from './bytes.ts';
import type { JoinedText } from './joined-text.ts';

/** What doubtful text may not hold before the end of its line. */
const unsettling = /\/\*|R"|_Pragma|__pragma|__has_/;
/** What a raw string may not hold: in a language without raw strings, these would be comments and directives. */
const unsettlingInRaw = /\/\*|_Pragma|__pragma|^[ \t\v\f]*(?:#|%:|import\b|module\b|export\b)/m;
const rawPrefixes: ReadonlySet<string> = new Set(['R', 'LR', 'uR', 'UR', 'u8R']);
/** With its parenthesis. */
const rawDelimiter = /^[^ ()\\"\t\v\f\r\n]{0,16}\(/;
const longestRawDelimiter = 17;
/** What an apostrophe may belong to, as in `1'000`. */
const numberLike = /^\.?[0-9]|\.[0-9]/;

/**
 * Finds the ends of comments, literals and words, in a way that holds whatever language the text is in (gcc:
 * libcpp/lex.cc): line comments are none in C90, raw strings are none in C, `1'000` is a number in C++14 only.
 *
 * All compilers agree again at the end of the line, unless some of them see a block comment or a raw string begin in it.
 * So doubtful text is passed over where its line holds no such thing, and makes the reader unsure otherwise.
 *
 * Methods take an offset and return the one after what they read.
 */
export class TokenReader {
  readonly bytes: Buffer;
  readonly end: number;
  readonly #joints: readonly number[];
  #isSure = true;

  constructor({ bytes, joints }: JoinedText) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.#joints = joints;
  }

  /** Whether all that was read up to here is beyond doubt. */
  get isSure(): boolean {
    return this.#isSure;
  }

  /** Makes the reader unsure, and goes to the end of the text: what comes before it means nothing any more. */
  giveUp(): number {
    this.#isSure = false;
    return this.end;
  }

  /** Goes to the end of the line, if only harmless text is left on it. */
  doubt(at: number): number {
    const lineFeed = this.bytes.indexOf(LF, at);
    const end = lineFeed === -1 ? this.end : lineFeed;
    // The byte before may be the R of a raw string.
    return unsettling.test(this.latin1(Math.max(at - 1, 0), end)) ? this.giveUp() : end;
  }

  /** Blanks and comments; a block comment may go over lines. */
  space(start: number): number {
    let at = start;
    for (;;) {
      const byte = this.bytes[at];
      const next = isBlank(byte) ? at + 1 : byte === SLASH ? this.comment(at) : at;
      if (next === at) return at;
      at = next;
    }
  }

  /** From a slash; returns its own offset where it begins no comment. */
  comment(start: number): number {
    const { bytes, end } = this;
    let at = start + 2;
    if (bytes[start + 1] === ASTERISK) {
      while (at < end && !(bytes[at] === ASTERISK && bytes[at + 1] === SLASH)) at++;
      return at < end ? at + 2 : this.giveUp();
    }
    if (bytes[start + 1] !== SLASH) return start;
    for (; at < end && bytes[at] !== LF; at++) {
      // C90 sees a block comment begin.
      if (bytes[at] === ASTERISK && bytes[at - 1] === SLASH) return this.giveUp();
    }
    return at;
  }

  /** A string or character, from its opening quote. Without a closing one it goes to the end of the line. */
  literal(at: number): number {
    const { bytes, end } = this;
    const quote = bytes[at];
    if (quote === DOUBLE_QUOTE && bytes[at - 1] === CAPITAL_R) {
      const word = this.#wordBefore(at);
      if (rawPrefixes.has(word)) return this.#rawString(at, at - word.length);
      if (!/^[A-Za-z0-9_]+$/.test(word)) return this.giveUp();
    }
    if (quote === SINGLE_QUOTE && isWordByte(bytes[at - 1]) && numberLike.test(this.#wordBefore(at))) {
      return this.doubt(at);
    }
    for (let next = at + 1; next < end; next++) {
      const byte = bytes[next];
      if (byte === quote) return next + 1;
      if (byte === LF) break;
      if (byte === BACKSLASH && bytes[next + 1] !== LF) next++;
    }
    return this.doubt(at);
  }

  /** Letters, digits and the like. */
  word(start: number): number {
    let at = start;
    while (isWordByte(this.bytes[at])) at++;
    return at;
  }

  wordAt(at: number): string {
    return this.latin1(at, this.word(at));
  }

  latin1(from: number, to: number): string {
    return this.bytes.toString('latin1', from, to);
  }

  /** What ends at `end` and could be a name, a number or both. */
  #wordBefore(end: number): string {
    const { bytes } = this;
    let at = end;
    for (;;) {
      const byte = bytes[at - 1];
      const isSign = (byte === PLUS || byte === MINUS) && isExponent(bytes[at - 2]);
      if (!isWordByte(byte) && byte !== DOT && !isSign) return this.latin1(at, end);
      at--;
    }
  }

  /** A literal with a raw prefix, from its opening quote. Where there are no raw strings, it is an ordinary one. */
  #rawString(at: number, prefixAt: number): number {
    const before = this.bytes[prefixAt - 1];
    const delimiter = rawDelimiter.exec(this.latin1(at + 1, Math.min(at + 1 + longestRawDelimiter, this.end)))?.[0];
    // After a literal, the prefix would be a suffix.
    if (before === DOUBLE_QUOTE || before === SINGLE_QUOTE || delimiter === undefined) return this.giveUp();
    const contentsAt = at + 1 + delimiter.length;
    const terminator = `)${delimiter.slice(0, -1)}"`;
    const close = this.bytes.indexOf(terminator, contentsAt, 'latin1');
    const end = close + terminator.length;
    // In a raw string, lines are not joined.
    if (close === -1 || this.#hasJoint(at, end)) return this.giveUp();
    const contents = this.latin1(contentsAt, close);
    if (!/["\n]/.test(contents)) return end;
    return unsettlingInRaw.test(contents) ? this.giveUp() : this.doubt(end);
  }

  /** Whether lines were joined strictly between the offsets. */
  #hasJoint(from: number, to: number): boolean {
    let low = 0;
    let high = this.#joints.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#joints[middle] ?? to) <= from) low = middle + 1;
      else high = middle;
    }
    return (this.#joints[low] ?? to) < to;
  }
}
