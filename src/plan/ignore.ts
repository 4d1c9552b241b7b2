import type { ProjectPath } from '../model/ids.ts';
import { compileGlob, readPattern } from './pattern.ts';

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
