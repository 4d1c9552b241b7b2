import { sortedUnique } from '../model/order.ts';
import { nextOperand } from './operand.ts';

/**
 * What the directives of a file ask for without including it: whether it is there (`__has_include`, `__has_embed`), what
 * is in it (`#embed`, which old versions of gcc do not name among what they read), or how old it is (`#pragma GCC dependency`). A
 * compiler does not list such files, and a sandbox without them compiles something else, silently.
 */
export interface FileQueries {
  /** Operands (see operand.ts) that are named literally; sorted bytewise, each once. */
  readonly queries: readonly string[];
  /**
   * Macros whose argument is what is asked for: `#define HAS(x) __has_include(x)`. Of their uses in conditions, those
   * with a literal are among the queries of the file with the use.
   */
  readonly queryMacros: readonly string[];
  /** Something is asked for that cannot be told from this file's text. */
  readonly hasComputedQuery: boolean;
}

const noQueries: FileQueries = { queries: [], queryMacros: [], hasComputedQuery: false };

/**
 * Without a limit, each `(<` of a line that has no `>` would be looked behind to its end. A longer name is taken for one that
 * cannot be told.
 */
const literal = String.raw`<[^>\n]{0,1024}>|"[^"\n]{0,1024}"`;
/** Behind the first two in gcc 5 to 9 stands another `__`. */
const query = new RegExp(String.raw`__has_(?:include|embed)(_next)?(?:__)? ?\( ?(?:(${literal})|(\w*))`, 'g');
const queryWord = /__has_(?:include|embed)/;
const alias = /__has_(?:include|embed)(?:_next)?(?:__)?(?! ?\()/;
const directQuery = new RegExp(`^(?:#|%:) ?(?:embed|pragma (?:GCC|clang) dependency) ?(${literal})?`);
const definition = /^(?:#|%:) ?define (\w+)(?:\(([^)]*)\))?/;
const condition = /^(?:#|%:) ?(?:el)?if /;
const call = new RegExp(String.raw`\b(?!__has_)\w+ ?\( ?(${literal}) ?\)`, 'g');
const mayAsk = /__has_|embed|dependency|\( ?[<"]/;

/** Of the text of `Directives`. Takes time linear in it. */
export function fileQueries(directives: string): FileQueries {
  if (!mayAsk.test(directives)) return noQueries;
  const queries = new Set<string>();
  const macros = new Set<string>();
  let hasComputedQuery = /_Pragma|__pragma/.test(directives) && directives.includes('dependency');
  for (const line of directives.split('\n')) {
    if (!mayAsk.test(line)) continue;
    const direct = directQuery.exec(line);
    if (direct !== null) {
      if (direct[1] === undefined) hasComputedQuery = true;
      else queries.add(direct[1]);
      continue;
    }
    const defined = definition.exec(line);
    // A compiler that lacks the operator gets a macro of its name.
    const isStandIn = defined?.[1] !== undefined && queryWord.test(defined[1]);
    if (queryWord.test(line) && !isStandIn) {
      const parameters = new Set<string | undefined>(defined?.[2]?.split(/[ ,]+/));
      for (const [, isNext, operand, word] of line.matchAll(query)) {
        if (operand !== undefined) queries.add(isNext === undefined ? operand : nextOperand(operand));
        else if (defined?.[1] !== undefined && parameters.has(word)) macros.add(defined[1]);
        else hasComputedQuery = true;
      }
      // Another name for the operator.
      if (defined?.[1] !== undefined && alias.test(line)) macros.add(defined[1]);
    }
    // Nothing else takes such an argument in a condition.
    if (condition.test(line)) for (const [, operand = ''] of line.matchAll(call)) queries.add(operand);
  }
  return { queries: sortedUnique(queries), queryMacros: sortedUnique(macros), hasComputedQuery };
}

/**
 * Whether some directive of a text uses a query macro otherwise than on a literal in a condition, where `fileQueries` finds
 * it. Asking whether the macro is there is no use of it.
 */
export function usesComputed(directives: string, macros: ReadonlySet<string>): boolean {
  return directives.split('\n').some((line) => {
    if (!/^[#%]/.test(line)) return false;
    const defined = definition.exec(line)?.[1];
    if (/^(?:#|%:) ?(?:ifn?def|elifn?def|undef) /.test(line)) return false;
    for (const { 0: word, index } of line.matchAll(/\w+/g)) {
      if (!macros.has(word)) continue;
      const before = line.slice(Math.max(0, index - longestBefore), index);
      if (word === defined && /define $/.test(before)) continue;
      if (/\bdefined ?\(? ?$/.test(before)) continue;
      const argument = literalArgument.test(line.slice(index + word.length));
      if (!argument || !condition.test(line)) return true;
    }
    return false;
  });
}

const literalArgument = new RegExp(String.raw`^ ?\( ?(?:${literal}) ?\)`);
/** As much as what is looked for before a word can be: ` defined ( `. */
const longestBefore = 16;
