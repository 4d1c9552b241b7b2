import {
  COLON,
  DOUBLE_QUOTE,
  GREATER,
  HASH,
  LESS,
  LETTER_E,
  LETTER_I,
  LETTER_M,
  LF,
  OPENING_PARENTHESIS,
  PERCENT,
  SINGLE_QUOTE,
  SLASH,
  SPACE,
  UNDERSCORE,
  isBlank,
  isWordByte,
} from './bytes.ts';
import type { JoinedText } from './joined-text.ts';
import { nextOperand } from './operand.ts';
import { TokenReader } from './token-reader.ts';

/** The directives of a file. */
export interface Directives {
  /**
   * Every directive, `_Pragma` and module declaration in order, one a line, without comments and with the blanks
   * between tokens made one space. Literals and names of files are as they were.
   */
  readonly text: Buffer;
  /** What they name as files, as operand.ts has it; decoded as UTF-8. */
  readonly operands: ReadonlySet<string>;
  /** Some directive names a file otherwise than literally. */
  readonly isComputed: boolean;
  /** Otherwise compilers could disagree on what is a directive, and this is what there was up to that place. */
  readonly isSure: boolean;
}

export const lexDirectives = (text: JoinedText): Directives => new DirectiveLexer(text).run();

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const includeDirectives: ReadonlySet<string> = new Set(['include', 'include_next', 'import', 'embed']);
/** Directives whose first word is a macro's name and no use of it. */
const namingDirectives: ReadonlySet<string> = new Set(['define', 'undef', 'ifdef', 'ifndef', 'elifdef', 'elifndef']);
const fileQueries: ReadonlySet<string> = new Set([
  ...['__has_include', '__has_include_next', '__has_embed'],
  // Behind the first two in gcc 5 to 9.
  ...['__has_include__', '__has_include_next__'],
]);
const pragmaOperator = /^_Pragma[ \t]*\([ \t]*(?:L|u8|u|U)?"(?:[^"\\\n]|\\.)*"[ \t]*\)/;
/** Far more than anybody writes. To look on to the end of the line from each of many in one line would be quadratic. */
const longestPragma = 1000;

/**
 * How a directive's quotes work: in one that names a file, `<` opens a name and a backslash escapes nothing. Where such
 * a directive is skipped, its quotes work as in any other.
 */
type Quoting = 'names' | 'literals';

/** One pass over one text. Methods that take an offset return the one after what they have read. */
class DirectiveLexer {
  readonly #reader: TokenReader;
  readonly #bytes: Buffer;
  readonly #hasPragmas: boolean;
  readonly #out: Buffer;
  #outEnd = 0;
  readonly #operands = new Set<string>();
  #isComputed = false;
  /** By delimiter: between where it was last looked for and here, there is none. */
  readonly #unclosedTo = new Map<number, number>();

  constructor(text: JoinedText) {
    this.#reader = new TokenReader(text);
    this.#bytes = text.bytes;
    this.#hasPragmas = text.bytes.includes('_Pragma') || text.bytes.includes('__pragma');
    // Nothing is written that was not read, but for the newline that a last line may lack.
    this.#out = Buffer.allocUnsafe(text.bytes.length + 1);
  }

  run(): Directives {
    let at = this.#bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0;
    while (at < this.#bytes.length) at = this.#line(at);
    return {
      text: this.#out.subarray(0, this.#outEnd),
      operands: this.#operands,
      isComputed: this.#isComputed || (this.#hasPragmas && this.#bytes.includes('dependency')),
      isSure: this.#reader.isSure,
    };
  }

  #line(start: number): number {
    const at = this.#reader.space(start);
    const byte = this.#bytes[at];
    if (byte === HASH) return this.#directive(this.#copy(at, at + 1));
    // The two are told apart because C90 has no digraphs.
    if (byte === PERCENT && this.#bytes[at + 1] === COLON) return this.#directive(this.#copy(at, at + 2));
    const mayDeclareModule = byte === LETTER_E || byte === LETTER_I || byte === LETTER_M;
    return (mayDeclareModule ? this.#moduleDeclaration(at) : undefined) ?? this.#body(at);
  }

  /** From after the hash to after the end of the line. */
  #directive(start: number): number {
    const nameAt = this.#reader.space(start);
    const name = this.#reader.wordAt(nameAt);
    const at = this.#copy(nameAt, nameAt + name.length);
    if (includeDirectives.has(name))
      return this.#rest(this.#operand(this.#gap(at), name === 'include_next'), 'names', false);
    if (namingDirectives.has(name)) {
      const macroAt = this.#gap(at);
      return this.#rest(this.#copy(macroAt, this.#reader.word(macroAt)), 'literals', true);
    }
    if (name === 'pragma') {
      const operandAt = this.#dependencyPragma(at);
      if (operandAt !== undefined) return this.#rest(this.#operand(operandAt), 'names', false);
    }
    return this.#rest(at, 'literals', false);
  }

  /** Reads `GCC dependency`, which clang has too; undefined where something else is there. */
  #dependencyPragma(start: number): number | undefined {
    const reader = this.#reader;
    const vendorAt = reader.space(start);
    const vendor = reader.wordAt(vendorAt);
    const nameAt = reader.space(vendorAt + vendor.length);
    const name = reader.wordAt(nameAt);
    if ((vendor !== 'GCC' && vendor !== 'clang') || name !== 'dependency') return undefined;
    const vendorEnd = this.#copy(this.#gap(start), vendorAt + vendor.length);
    return this.#gap(this.#copy(this.#gap(vendorEnd), nameAt + name.length));
  }

  /**
   * C++20's `import`, `module` and `export import`; undefined where the line is none of them. A line that just begins
   * with a variable of that name passes for one, which does no harm.
   */
  #moduleDeclaration(start: number): number | undefined {
    const reader = this.#reader;
    const first = reader.wordAt(start);
    const nameAt = first === 'export' ? reader.space(start + first.length) : start;
    const name = reader.wordAt(nameAt);
    if (name !== 'import' && name !== 'module') return undefined;
    const at = this.#gap(this.#copy(nameAt, nameAt + name.length));
    const isHeader = this.#bytes[at] === LESS || this.#bytes[at] === DOUBLE_QUOTE;
    return this.#rest(isHeader ? this.#operand(at) : at, 'names', false);
  }

  /** Copies to the end of the line, which block comments may put off. */
  #rest(start: number, quoting: Quoting, isDefinition: boolean): number {
    const reader = this.#reader;
    const bytes = this.#bytes;
    let at = start;
    while (at < bytes.length && bytes[at] !== LF) {
      const byte = bytes[at];
      if (isBlank(byte) || byte === SLASH) {
        const next = this.#gap(at);
        at = next === at ? this.#copy(at, at + 1) : next;
      } else if (quoting === 'names' && (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE || byte === LESS)) {
        at = this.#copy(at, reader.doubt(at));
      } else if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE) {
        const end = reader.literal(at);
        // A raw string in a directive cannot go on after the line.
        at = this.#copy(at, bytes.subarray(at, end).includes(LF) ? reader.giveUp() : end);
      } else if (byte === UNDERSCORE && bytes[at + 1] === UNDERSCORE) {
        const word = reader.wordAt(at);
        at = this.#copy(at, at + word.length);
        if (fileQueries.has(word)) at = this.#fileQuery(at, isDefinition, word.includes('_next'));
      } else {
        at = this.#copy(at, isWordByte(byte) ? reader.word(at) : at + 1);
      }
    }
    if (this.#out[this.#outEnd - 1] === SPACE) this.#outEnd--;
    this.#write(LF);
    return at + 1;
  }

  /** What follows `__has_include`. Without an operand, it is only asked for (`defined`) or given another name. */
  #fileQuery(start: number, isDefinition: boolean, isNext: boolean): number {
    const at = this.#gap(start);
    if (this.#bytes[at] === OPENING_PARENTHESIS) return this.#operand(this.#gap(this.#copy(at, at + 1)), isNext);
    if (isDefinition) this.#isComputed = true;
    return at;
  }

  /** A file's name with its delimiters; reads nothing where there is none. */
  #operand(at: number, isNext = false): number {
    const bytes = this.#bytes;
    const opening = bytes[at];
    const end =
      opening === LESS ? this.#closing(GREATER, at) : opening === DOUBLE_QUOTE ? this.#closing(opening, at) : -1;
    if (end < 0) {
      this.#isComputed = true;
      return at;
    }
    const operand = bytes.toString('utf8', at, end + 1);
    this.#operands.add(isNext ? nextOperand(operand) : operand);
    // Quoted as a literal, it might not end where the name does.
    const isDoubtful = opening === LESS ? /["']|\/[/*]/ : /\\/;
    return this.#copy(at, isDoubtful.test(this.#reader.latin1(at, end)) ? this.#reader.doubt(at) : end + 1);
  }

  /** The next `closing` behind `at` on its line, or -1. A line without one is looked through once, however often it is asked of. */
  #closing(closing: typeof GREATER | typeof DOUBLE_QUOTE, at: number): number {
    const bytes = this.#bytes;
    if (at < (this.#unclosedTo.get(closing) ?? 0)) return -1;
    let end = at + 1;
    while (end < bytes.length && bytes[end] !== closing && bytes[end] !== LF) end++;
    if (bytes[end] === closing) return end;
    this.#unclosedTo.set(closing, end);
    return -1;
  }

  /** What is no directive, to after the end of the line. Nearly all of the time is spent here. */
  #body(start: number): number {
    const bytes = this.#bytes;
    const end = bytes.length;
    const written = this.#outEnd;
    let at = start;
    while (at < end && bytes[at] !== LF) {
      switch (bytes[at]) {
        case DOUBLE_QUOTE:
        case SINGLE_QUOTE:
          at = this.#reader.literal(at);
          break;
        case SLASH:
          at = Math.max(this.#reader.comment(at), at + 1);
          break;
        case UNDERSCORE:
          at = this.#hasPragmas && !isWordByte(bytes[at - 1]) ? this.#pragmaOperator(at) : at + 1;
          break;
        default:
          at++;
      }
    }
    // A directive that follows needs a line of its own.
    if (this.#outEnd !== written) this.#write(LF);
    return at + 1;
  }

  #pragmaOperator(at: number): number {
    const reader = this.#reader;
    const word = reader.wordAt(at);
    if (word !== '_Pragma' && word !== '__pragma') return at + word.length;
    const operator = pragmaOperator.exec(reader.latin1(at, Math.min(at + longestPragma, reader.end)));
    return operator === null ? reader.giveUp() : this.#copy(at, at + operator[0].length);
  }

  /** Writes one space for blanks and comments, if there are any. */
  #gap(start: number): number {
    const at = this.#reader.space(start);
    if (at !== start) this.#write(SPACE);
    return at;
  }

  /** Copies the bytes between the offsets and returns the second. */
  #copy(from: number, to: number): number {
    const bytes = this.#bytes;
    const out = this.#out;
    let end = this.#outEnd;
    // Most of what is copied is a few bytes long, for which Buffer.copy takes longer.
    for (let at = from; at < to; at++) out[end++] = bytes[at] ?? LF;
    this.#outEnd = end;
    return to;
  }

  #write(byte: number): void {
    this.#out[this.#outEnd++] = byte;
  }
}
