import { fail, ok } from '../../model/result.ts';
import type { Result } from '../../model/result.ts';

export interface ShellProblem {
  /** Where in the text, from 0. */
  readonly at: number;
  readonly problem:
    | 'substitution'
    | 'variable'
    | 'tilde'
    | 'glob'
    | 'pipe'
    | 'or'
    | 'background'
    | 'subshell'
    | 'here-document'
    | 'compound-command'
    | 'unfinished-quote'
    | 'missing-command'
    | 'missing-target';
}

export interface Redirection {
  /** Undefined where the operator says it: 0 for those with `<`, 1 for those with `>`. */
  readonly descriptor: number | undefined;
  readonly operator: '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&';
  readonly target: string;
}

export type ShellToken =
  | {
      readonly kind: 'word';
      readonly at: number;
      /** Without quotes and backslashes. */
      readonly text: string;
      /** Nothing in it was quoted, so that it may be a reserved word. */
      readonly isBare: boolean;
      /** The name before the first `=`, where the word would assign to it if it stood before a program. */
      readonly assigns: string | undefined;
    }
  | { readonly kind: 'join'; readonly at: number; readonly operator: '&&' | ';'; readonly isLineBreak: boolean }
  | {
      readonly kind: 'redirect';
      readonly at: number;
      readonly operator: Redirection['operator'];
      readonly descriptor: number | undefined;
    };

const redirect = /(\d*)(<<|>>|>\||<>|<&|>&|<|>)/y;
/** Characters that end a word where they are not quoted. */
const ends = /[ \t\n;&|<>()]/;
const assignment = /^([A-Za-z_]\w*)=/;

/** Cuts a command line into words and operators, by the rules of POSIX' shell command language, 2.2 and 2.3. */
export function shellTokens(text: string): Result<readonly ShellToken[], ShellProblem> {
  const tokens: ShellToken[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    redirect.lastIndex = at;
    const redirection = redirect.exec(text);
    if (character === ' ' || character === '\t') {
      at++;
    } else if (text.startsWith('\\\n', at)) {
      at += 2;
    } else if (character === '#') {
      at = text.indexOf('\n', at);
      if (at < 0) break;
    } else if (character === '\n' || character === ';') {
      tokens.push({ kind: 'join', at, operator: ';', isLineBreak: character === '\n' });
      at++;
    } else if (text.startsWith('&&', at)) {
      tokens.push({ kind: 'join', at, operator: '&&', isLineBreak: false });
      at += 2;
    } else if (/[&|()]/.test(character)) {
      return fail({ at, problem: refusedOperator(text, at) });
    } else if (redirection !== null) {
      const [whole, digits = '', operator = ''] = redirection;
      if (operator === '<<') return fail({ at, problem: 'here-document' });
      const descriptor = digits === '' ? undefined : Number(digits);
      tokens.push({ kind: 'redirect', at, operator: operator as Redirection['operator'], descriptor });
      at += whole.length;
    } else {
      const word = readWord(text, at);
      if (!word.ok) return word;
      tokens.push(word.value.token);
      at = word.value.end;
    }
  }
  return ok(tokens);
}

function refusedOperator(text: string, at: number): ShellProblem['problem'] {
  if (text.startsWith('||', at)) return 'or';
  if (text.startsWith('|', at)) return 'pipe';
  return text.startsWith('&', at) ? 'background' : 'subshell';
}

function readWord(
  text: string,
  start: number,
): Result<{ readonly token: ShellToken; readonly end: number }, ShellProblem> {
  let word = '';
  // What is not quoted, with a NUL for all that is: special characters count in it alone.
  let bare = '';
  let at = start;
  const take = (quoted: string): void => {
    word += quoted;
    bare += '\0'.repeat(quoted.length);
  };
  while (at < text.length && !ends.test(text.charAt(at))) {
    const character = text.charAt(at);
    const refused = expansionAt(text, at, /[A-Za-z0-9_{@*#?$!'"-]/);
    if (refused !== undefined) return fail({ at, problem: refused });
    if (character === '\\') {
      if (at + 1 >= text.length) return fail({ at, problem: 'unfinished-quote' });
      if (text.charAt(at + 1) !== '\n') take(text.charAt(at + 1));
      at += 2;
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return fail({ at, problem: 'unfinished-quote' });
      take(text.slice(at + 1, end));
      if (end === at + 1) bare += '\0';
      at = end + 1;
    } else if (character === '"') {
      const quoted = readDoubleQuotes(text, at);
      if (!quoted.ok) return quoted;
      take(quoted.value.text);
      if (quoted.value.text === '') bare += '\0';
      at = quoted.value.end;
    } else {
      word += character;
      bare += character;
      at++;
    }
  }
  // A bracket alone is the program `[`; in braces, sh is bash more often than not.
  if (/[*?]|\[./.test(bare) || hasBraces(bare)) return fail({ at: start, problem: 'glob' });
  if (/^(?:[A-Za-z_]\w*=(?:.*:)?)?~/.test(bare)) return fail({ at: start, problem: 'tilde' });
  const assigns = assignment.exec(bare)?.[1];
  return ok({ token: { kind: 'word', at: start, text: word, isBare: bare === word, assigns }, end: at });
}

/** `{a,b}` or `{1..9}`: the first brace and the last one, as any pair of them lies between those. Not a line further. */
const hasBraces = (bare: string): boolean =>
  bare.split('\n').some((line) => {
    const within = line.slice(line.indexOf('{') + 1, Math.max(0, line.lastIndexOf('}')));
    return line.includes('{') && (within.includes(',') || within.includes('..'));
  });

function readDoubleQuotes(
  text: string,
  start: number,
): Result<{ readonly text: string; readonly end: number }, ShellProblem> {
  let quoted = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return ok({ text: quoted, end: at + 1 });
    const refused = expansionAt(text, at, /[A-Za-z0-9_{@*#?$!-]/);
    if (refused !== undefined) return fail({ at, problem: refused });
    const next = text.charAt(at + 1);
    if (character === '\\' && /[$`"\\\n]/.test(next)) {
      if (next !== '\n') quoted += next;
      at++;
    } else {
      quoted += character;
    }
  }
  return fail({ at: start, problem: 'unfinished-quote' });
}

/** What a dollar sign begins before `names`; before others it stands for itself. `$'…'` does in some shells only. */
function expansionAt(text: string, at: number, names: RegExp): ShellProblem['problem'] | undefined {
  const character = text.charAt(at);
  if (character === '`') return 'substitution';
  if (character !== '$') return undefined;
  // A line that is continued is one line before all else.
  const next = /^(?:\\\n)*([^]?)/.exec(text.slice(at + 1))?.[1] ?? '';
  if (next === '(') return 'substitution';
  return names.test(next) ? 'variable' : undefined;
}
