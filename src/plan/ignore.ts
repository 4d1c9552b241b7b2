import type { ProjectPath } from '../model/ids.ts';
import { compileGlob, readPattern } from './pattern.ts';

/** Which paths of the tree are no business of ours: neither listed nor watched. */
export type Ignored = (path: ProjectPath) => boolean;

/**
 * Whether a file or directory is one that `ignore` names. A plain path stands for itself and all below it, `build/**`
 * for the directory `build` too, so that it need not be entered; wildcards take names that start with a dot.
 */
export function ignoreMatcher(patterns: readonly string[]): (path: ProjectPath) => boolean {
  const tests = patterns.map((text) => {
    const pattern = readPattern(text);
    if (!pattern.ok || pattern.value.exclude) throw new Error(`not checked by readConfig: ${text}`);
    if (pattern.value.kind === 'glob') return compileGlob(pattern.value.glob, { hidden: true });
    const { path } = pattern.value;
    return (candidate: string) => candidate === path || candidate.startsWith(`${path}/`);
  });
  return (path) => tests.some((test) => test(path));
}

/** Directories that version control and tools keep for themselves, at any depth. */
const toolDirectories = new Set(['.git', '.hg', '.svn', '.jj', '.makenix', '.direnv', '.cache', 'node_modules']);

/** What an editor leaves beside a file for a moment: vim, emacs, JetBrains, and our own half-written files. */
const editorFile = /(~|\.sw[a-p]|^4913|\.makenix-tmp|___jb_(tmp|old)___|^#.*#|^\.#.*)$/;

/**
 * Ignores what we write ourselves (state, `result` links, what is `generated`), what tools keep, and what the
 * configuration says. An input that the compiler names all the same is still an input; what happens to it is found by
 * looking, and no event tells of it.
 */
export function ignoring(generated: Iterable<ProjectPath>, configured: (path: ProjectPath) => boolean): Ignored {
  const own = new Set(generated);
  const known = new Map<string, boolean>();
  const isToolDirectory = (directory: string): boolean => {
    if (directory === '') return false;
    let answer = known.get(directory);
    if (answer === undefined) {
      answer =
        toolDirectories.has(directory.slice(directory.lastIndexOf('/') + 1)) || isToolDirectory(parent(directory));
      known.set(directory, answer);
    }
    return answer;
  };
  return (path) =>
    own.has(path) ||
    /^result(-\d+)?$/.test(path) ||
    isToolDirectory(parent(path)) ||
    toolDirectories.has(path.slice(path.lastIndexOf('/') + 1)) ||
    editorFile.test(path.slice(path.lastIndexOf('/') + 1)) ||
    configured(path);
}

const parent = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
