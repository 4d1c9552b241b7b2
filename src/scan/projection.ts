import { createHash } from 'node:crypto';
import { contentHash, type ContentHash } from '../model/ids.ts';
import { sortedUnique } from '../model/order.ts';
import { lexDirectives } from './directive-lexer.ts';
import { fileQueries, type FileQueries } from './file-queries.ts';
import { joinLines } from './joined-text.ts';

/**
 * What of a C, C++ or preprocessed assembler file can influence which files an inclusion of it reaches.
 *
 * Only directives and `_Pragma` can, so body text and comments are left out. Which language a header is in, nobody
 * knows: the same bytes are lexed in one way in C90 and in another in C++14 (line comments, raw strings, `1'000`,
 * trigraphs). A projection holds in all of them; where they disagree on anything that matters, the file is `opaque`.
 *
 * Outside of what a projection can tell, because the text that matters is in other files:
 *
 * - an `#if` that calls a macro, defined elsewhere, whose body says `__LINE__`;
 * - a macro, defined elsewhere, that makes a `_Pragma` of its argument (`gcc -M` does not run those either);
 * - `#pragma once` in two files of equal contents and mtime, which gcc takes for one file;
 * - flags that change the lexer itself: `-traditional-cpp`, `-finput-charset`.
 */
export interface Projection extends FileQueries {
  /**
   * Hash of the directives; of the whole contents where the file is `opaque`. Two versions of a file with one hash
   * reach the same files, given the same tree, flags and other files. The compiler may still reject one of them for its
   * body (a line comment in C90), and it speaks of other line numbers.
   */
  readonly hash: ContentHash;
  /** The directives could not be told from the rest with certainty, or depend on the line they are in. */
  readonly opaque: boolean;
  /** Mentions `__COUNTER__`: then body text, of this file and others, may steer an `#if`. */
  readonly counter: boolean;
  /** Has the assembler read a file (`.incbin`, `.include`), if it is not just text that says so. Then any text may. */
  readonly assembles: boolean;
  /** Says `#pragma once`, by which gcc takes two files of one time and contents for one. */
  readonly once: boolean;
  /**
   * What `#include`, `#include_next`, `#import`, `#embed`, `__has_include`, `__has_include_next`, `__has_embed`,
   * `#pragma GCC dependency` and `import` name literally, in groups that are skipped too: as operand.ts has
   * it, sorted bytewise, each once.
   */
  readonly operands: readonly string[];
  /**
   * Something of that kind names its file through a macro or a `_Pragma`, or may do so unseen in an opaque file. Of a
   * macro that stands for `__has_include` it is the file with the `#define` that says so, not the one that uses it.
   */
  readonly computed: boolean;
}

/** Takes time linear in the contents, which may be any bytes. */
export function projectDirectives(contents: Buffer): Projection {
  const { directives, isUnsure, opaque, counter, assembles } = lex(contents);
  const text = directives.text.toString('utf8');
  const queries = fileQueries(text);
  // The kind of text is hashed with it, so that no file's contents can pose as another's directives.
  const hash = createHash('sha256').update(opaque ? 'contents\n' : 'directives\n');
  return {
    hash: contentHash(hash.update(opaque ? contents : directives.text).digest('hex')),
    opaque,
    counter,
    assembles,
    once: /^(?:#|%:) ?pragma once$/m.test(text) || text.includes('_Pragma'),
    operands: sortedUnique(directives.operands),
    // What the assembler is told to read, it may be told in pieces.
    computed: directives.isComputed || isUnsure || assembles,
    ...queries,
    hasComputedQuery: queries.hasComputedQuery || (isUnsure && contents.includes('__has_')),
  };
}

/** A file reduced to what can influence which files an inclusion of it reaches: a text to scan in its place. */
export interface ReducedFile extends Pick<Projection, 'operands' | 'computed'> {
  /**
   * Directives, one a line; all of the file where it is opaque. Without `#error` and `#warning`, which are about the
   * compile: it says them itself, at the place where they stand.
   */
  readonly text: Buffer;
}

export function reduceToDirectives(contents: Buffer): ReducedFile {
  const { directives, isUnsure, opaque, counter, assembles } = lex(contents);
  return {
    // What counts expansions or speaks to the assembler is not in directives alone.
    text:
      opaque || counter || assembles
        ? contents
        : Buffer.from(directives.text.toString('latin1').replace(messages, ''), 'latin1'),
    operands: sortedUnique(directives.operands),
    computed: directives.isComputed || isUnsure || assembles,
  };
}

const messages = /^(?:#|%:) ?(?:error|warning)\b.*\n/gm;

function lex(contents: Buffer) {
  const text = joinLines(contents);
  const directives = lexDirectives(text);
  const isUnsure = text.isOdd || !directives.isSure;
  const opaque = isUnsure || directives.text.includes('__LINE__');
  const counter = text.bytes.includes('__COUNTER__');
  const assembles =
    text.bytes.includes('.incbin') ||
    (text.bytes.includes('.include') && assemblerInclude.test(text.bytes.toString('latin1')));
  return { directives, isUnsure, opaque, counter, assembles };
}

/** With the file's name behind it, in a string of C too: `.include` alone is also a member in C. */
const assemblerInclude = /\.include\s+\\?"/;
