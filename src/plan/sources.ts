import { trustedProjectPath } from '../model/ids.ts';
import type { ProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { fail, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { languageOf } from './language.ts';
import { compileGlob, readPattern, staticPrefix } from './pattern.ts';
import type { Pattern } from './pattern.ts';

/** The C and C++ sources of a tree, made ready to be asked many times. */
export interface SourceIndex {
  /** Bytewise: everything below one directory lies together. */
  readonly sorted: readonly ProjectPath[];
  readonly all: ReadonlySet<string>;
}

export function indexSources(files: Iterable<ProjectPath>): SourceIndex {
  const all = new Set<ProjectPath>();
  for (const file of files) if (languageOf(file) !== undefined) all.add(file);
  return { sorted: [...all].sort(bytewise), all };
}

/**
 * The sources that `patterns` select, bytewise: each pattern in its order adds, or with `!` takes away. A pattern that is
 * itself the path of a source means that source (`src/[id].c`). `*` and `**` pass over names that start with a dot.
 *
 * Fails with the patterns to blame: a plain path that is not there, or all of them where nothing is left.
 */
export function selectSources(
  index: SourceIndex,
  patterns: readonly string[],
): Result<readonly ProjectPath[], readonly string[]> {
  const selected = new Set<ProjectPath>();
  for (const text of patterns) {
    const pattern = readPattern(text);
    if (!pattern.ok) return fail([text]);
    const { kind, exclude } = pattern.value;
    const found = matches(index, pattern.value);
    if (kind === 'path' && !exclude && found.length === 0) return fail([text]);
    for (const path of found) {
      if (exclude) selected.delete(path);
      else selected.add(path);
    }
  }
  return selected.size === 0 ? fail(patterns) : ok([...selected].sort(bytewise));
}

function matches(index: SourceIndex, pattern: Pattern): readonly ProjectPath[] {
  const text = pattern.kind === 'path' ? pattern.path : pattern.glob;
  if (index.all.has(text)) return [trustedProjectPath(text)];
  if (pattern.kind === 'path') return [];
  const isMatch = compileGlob(text);
  return below(index.sorted, staticPrefix(text)).filter((path) => isMatch(path));
}

/** Those that start with `prefix`: a target asks for one directory mostly, and a tree may have thousands. */
function below(sorted: readonly ProjectPath[], prefix: string): readonly ProjectPath[] {
  if (prefix === '') return sorted;
  const start = firstFrom(sorted, (path) => bytewise(path, prefix) >= 0);
  const length = firstFrom(sorted.slice(start), (path) => !path.startsWith(prefix));
  return sorted.slice(start, start + length);
}

/** The first index for which `holds`, which once true stays true; the length where it never is. */
function firstFrom(sorted: readonly ProjectPath[], holds: (path: ProjectPath) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const path = sorted[middle];
    if (path !== undefined && holds(path)) high = middle;
    else low = middle + 1;
  }
  return low;
}
