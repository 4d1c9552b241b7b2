import { leavesProject } from './project-bounds.ts';
import { unsafeFlags } from './unsafe-flags.ts';

/** A flag that cannot be: its place in the list, and why, with what to use instead. */
export interface FlagProblem {
  readonly index: number;
  readonly problem: string;
}

/**
 * Compiler arguments that would break what makenix knows of a compile step: where its output goes, what it makes, and
 * which files it reads. What merely is unwise stays the user's business.
 */
export function compilerFlagProblems(flags: readonly string[]): readonly FlagProblem[] {
  const unsafe = new Map(unsafeFlags(flags).map(({ index, problem }) => [index, problem]));
  return flags.flatMap((flag, index) => {
    const own = sharedProblem(flag) ?? compileProblem(flag) ?? searchProblem(flag, flags[index + 1]);
    const problem = own ?? unsafe.get(index);
    return problem === undefined ? [] : [{ index, problem }];
  });
}

/** The same for `ldflags`. */
export function linkerFlagProblems(flags: readonly string[]): readonly FlagProblem[] {
  return flags.flatMap((flag, index) => {
    const problem = sharedProblem(flag) ?? linkProblem(flag);
    return problem === undefined ? [] : [{ index, problem }];
  });
}

function sharedProblem(flag: string): string | undefined {
  const shown = JSON.stringify(flag);
  if (flag.startsWith('@')) return `${shown} reads flags from a file, which no step would have: write them here`;
  if (/^-o|^--output\b/.test(flag)) return `${shown} chooses the output: a step is named after its source or target`;
  if (/^-[cES]$|^--(compile|assemble|preprocess)$/.test(flag))
    return `${shown} chooses what is made: "kind" of the target says it`;
  // Text in quotes or after `=` may well hold ` -`; a plain flag never does.
  if (/^-[^\s"'=]+\s+-/.test(flag)) return `${shown} is several flags in one string: give each its own`;
  return undefined;
}

function compileProblem(flag: string): string | undefined {
  const shown = JSON.stringify(flag);
  const dependencies = /^-M|^-Wp,(.*,)?-M|^--(write-)?(user-)?dependencies\b/;
  if (dependencies.test(flag)) return `${shown} asks for dependencies: makenix finds them itself, so leave it out`;
  return undefined;
}

const SEARCH_FLAGS = ['-iquote', '-isystem', '-idirafter', '-include', '-imacros', '-I'] as const;

function searchProblem(flag: string, next: string | undefined): string | undefined {
  const search = SEARCH_FLAGS.find((each) => flag.startsWith(each));
  if (search === undefined) return undefined;
  const apart = flag === search;
  const path = apart ? next : flag.slice(search.length);
  if (path === undefined) return `"${search}" needs a path after it`;
  if (!leavesProject(path)) return undefined;
  const shown = JSON.stringify(apart ? `${flag} ${path}` : flag);
  return `${shown} leads out of the project: a step has the project's own files, its "packages" and the system's`;
}

function linkProblem(flag: string): string | undefined {
  const shown = JSON.stringify(flag);
  if (/^-l./.test(flag)) return `${shown} before the objects would find nothing to link: put it in "libs"`;
  if (flag.startsWith('-L') && leavesProject(flag.slice(2))) {
    return `${shown} leads out of the project: name the library in "packages"`;
  }
  return undefined;
}
