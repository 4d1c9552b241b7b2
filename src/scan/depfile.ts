import { fail, ok, type Result } from '../model/result.ts';
import { BACKSLASH, COLON, CR, DOLLAR, HASH, LF, NUL, SPACE, TAB } from './bytes.ts';

/** One make rule: what `targets: prerequisites` says, unescaped, in the order and as often as it says it. */
export interface DepfileRule {
  readonly targets: readonly string[];
  /** As the compiler spelt them: not normalised (`a/../inc/h.h`). Empty for the phony rules of `-MP`. */
  readonly prerequisites: readonly string[];
}

export interface DepfileProblem {
  /** Where the offending rule begins, from 1. */
  readonly line: number;
  readonly problem: 'missing-colon' | 'missing-target' | 'nul-byte';
}

/**
 * Reads the make rules that gcc and clang print with `-M`, `-MM`, `-MD` and their like; any number of rules, as a
 * batch of sources gives. It is the compilers' dialect of make, not make's own (gcc: libcpp/mkdeps.cc, `munge`;
 * clang: lib/Frontend/DependencyFile.cpp, `PrintFilename`; ninja reads the same dialect):
 *
 * - 2N+1 backslashes and a blank stand for N backslashes and the blank, part of the name;
 *   2N backslashes and a blank stand for themselves, and the name ends.
 * - `\#` is `#`, `$$` is `$`, and `\:` is `:` unless the colon ends the word (gcc 10 wrote `c\:\dir\x.o`).
 * - A single backslash before the end of a line continues the rule. All other backslashes stand for themselves.
 * - A colon separates only at the end of a word: `c:/x.h` is a name.
 *
 * The dialect cannot express three kinds of names, so they come back wrong: those with a line break, those that end in
 * an odd number of backslashes, and those that contain `\:`.
 *
 * Takes time linear in the text, whatever is in it.
 */
export function parseDepfile(text: string): Result<readonly DepfileRule[], DepfileProblem> {
  const rules: DepfileRule[] = [];
  let targets: string[] = [];
  let prerequisites: string[] = [];
  let pastColon = false;
  let line = 1;
  let ruleLine = 1;
  let at = 0;
  while (at <= text.length) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === TAB) {
      at++;
    } else if (code === BACKSLASH && isLineEnd(text, at + 1)) {
      at = text.indexOf('\n', at) + 1;
      line++;
    } else if (at === text.length || isLineEnd(text, at)) {
      if (pastColon) rules.push({ targets, prerequisites });
      else if (targets.length > 0) return fail({ line: ruleLine, problem: 'missing-colon' });
      at = at === text.length ? at + 1 : text.indexOf('\n', at) + 1;
      line++;
      ruleLine = line;
      targets = [];
      prerequisites = [];
      pastColon = false;
    } else if (code === NUL) {
      return fail({ line: ruleLine, problem: 'nul-byte' });
    } else {
      if (targets.length === 0 && !pastColon) ruleLine = line;
      const word = readWord(text, at);
      at = word.end;
      if (pastColon) {
        prerequisites.push(word.name);
      } else if (word.name.endsWith(':')) {
        pastColon = true;
        if (word.name !== ':') targets.push(word.name.slice(0, -1));
        if (targets.length === 0) return fail({ line: ruleLine, problem: 'missing-target' });
      } else {
        targets.push(word.name);
      }
    }
  }
  return ok(rules);
}

/** The word that begins at `start`, unescaped, and where it ends. */
function readWord(text: string, start: number): { readonly name: string; readonly end: number } {
  let name = '';
  let at = start;
  // Text from here to `at` stands for itself and is not in `name` yet.
  let pending = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      // A run is looked at once, as a whole: going through it one by one would be quadratic.
      const run = endOfRun(text, at);
      const length = run - at;
      const next = text.charCodeAt(run);
      if (next === SPACE || next === TAB) {
        if (length % 2 === 0) {
          at = run;
          break;
        }
        name += text.slice(pending, at + (length - 1) / 2);
        pending = run;
        at = run + 1;
      } else if (next === HASH || (next === COLON && !isWordEnd(text, run + 1))) {
        name += text.slice(pending, run - 1);
        pending = run;
        at = run + 1;
      } else if (length === 1 && isLineEnd(text, run)) {
        break;
      } else {
        at = run;
      }
    } else if (code === DOLLAR && text.charCodeAt(at + 1) === DOLLAR) {
      name += text.slice(pending, at + 1);
      at += 2;
      pending = at;
    } else if (code === NUL || isWordEnd(text, at)) {
      break;
    } else {
      at++;
    }
  }
  return { name: name + text.slice(pending, at), end: at };
}

function endOfRun(text: string, start: number): number {
  let end = start;
  while (text.charCodeAt(end) === BACKSLASH) end++;
  return end;
}

/** Whether a line ends at `at`. Not so for a carriage return alone, which gcc writes as it is where a name has one. */
function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === LF || (code === CR && text.charCodeAt(at + 1) === LF);
}

function isWordEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at >= text.length || code === SPACE || code === TAB || isLineEnd(text, at);
}
