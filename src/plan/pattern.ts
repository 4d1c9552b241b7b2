import picomatch from 'picomatch';
import { projectPath } from '../model/ids.ts';
import type { ProjectPath } from '../model/ids.ts';
import { fail, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';

/** One entry of `sources` or `ignore`. */
export type Pattern =
  | { readonly kind: 'path'; readonly exclude: boolean; readonly path: ProjectPath }
  | { readonly kind: 'glob'; readonly exclude: boolean; readonly glob: string };

/** What makes a pattern of a path. A backslash does too: it is there to escape one of the others. */
const WILDCARD = /[*?[\]{}()\\]/;

/**
 * Reads one pattern: `!` in front excludes (so `!(a|b).c` is no extended glob, while `src/!(a|b).c` is one), the rest is
 * a project path or a glob over project paths. Failures are a `problem` in words.
 */
export function readPattern(text: string): Result<Pattern, string> {
  const exclude = text.startsWith('!');
  const body = exclude ? text.slice(1) : text;
  if (body.startsWith('/')) return fail(`${JSON.stringify(text)} is absolute: give a path relative to the project`);
  if (!WILDCARD.test(body)) {
    const path = projectPath(body);
    return path === undefined
      ? fail(`${JSON.stringify(text)} is not inside the project`)
      : ok({ kind: 'path', exclude, path });
  }
  const segments = body.split('/').filter((segment) => segment !== '' && segment !== '.');
  // What `**/..` stands for depends on what `**` found; no path that is listed has a `..` anyway.
  if (segments.includes('..')) return fail(`${JSON.stringify(text)} has ".." in a pattern`);
  const glob = segments.join('/');
  if (takesLong(glob)) {
    return fail(
      `${JSON.stringify(text)} has more than ${mostStars} "*" in one name, or "**", and would take long to match: use several`,
    );
  }
  return ok({ kind: 'glob', exclude, glob });
}

/** With each, a regular expression that does not match takes a hundred times as long: at five, minutes for one long name. */
const mostStars = 3;

/** Of alternatives (`{a*,b*}`), the one counts that has most. */
function takesLong(glob: string): boolean {
  const starsIn = (text: string): number => text.match(/\*+/g)?.length ?? 0;
  const most = (alternatives: string): string => '*?'.repeat(Math.max(...alternatives.split(/[,|]/).map(starsIn)));
  let flat = glob;
  // Each turn takes the innermost groups away.
  for (let before = ''; before !== flat;) {
    before = flat;
    flat = flat.replace(/[{(]([^{}()]*)[)}]/g, (_, inner: string) => most(inner));
  }
  const names = flat.split('/');
  return names.some((name) => starsIn(name) > mostStars) || names.filter((name) => name === '**').length > mostStars;
}

/** The directories before the first wildcard, with a final `/`: `src/lua/` of `src/lua/*.c`. Empty where there are none. */
export function staticPrefix(glob: string): string {
  const segments = glob.split('/');
  const first = segments.findIndex((segment) => WILDCARD.test(segment));
  return segments
    .slice(0, first === -1 ? -1 : first)
    .map((segment) => `${segment}/`)
    .join('');
}

/** A line break is a character like any other. `hidden`: whether wildcards also stand for names that start with a dot. */
export function compileGlob(glob: string, { hidden = false } = {}): (path: string) => boolean {
  const isMatch = picomatch(glob, { dot: hidden, nonegate: true, flags: 's' });
  if (hidden || NAMES_HIDDEN.test(glob)) return (path) => isMatch(path);
  // `!(a)` of picomatch takes hidden names whatever `dot` says.
  return (path) => isMatch(path) && !HIDDEN.test(path);
}

const HIDDEN = /(?:^|\/)\./;

/** A dot where a name, or one of several in braces or parentheses, starts. */
const NAMES_HIDDEN = /(?:^|[/{(,|])\\?\./;
