import type { ProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { bytewise } from '../model/order.ts';
import { languageOf } from '../plan/language.ts';
import { couldName, readOperand } from '../scan/operand.ts';
import { goesUp, searchPathOf } from '../scan/search-path.ts';
import type { ProjectedFile } from './projection-stage.ts';

export interface Reach {
  /** Everything that scanning the steps can come upon, the sources included; in bytewise order. */
  readonly files: readonly ProjectPath[];
  /** Whether it matters which directories there are: `a/../b.h` leads somewhere only if there is an `a`. */
  readonly needsDirectories: boolean;
}

/**
 * Which files of the project a scan of some steps can read, whatever the compiler makes of conditions and of the search
 * path: more than it will, never less. Given to a scan, they make its result what it would be in the whole tree; a
 * change of any other file does not concern it, nor does a file that comes or goes, unless it could be what is looked for.
 *
 * - What an include names could be any file whose path ends so; `__has_include` and missing headers name files too.
 * - What is included through a macro could be anything.
 * - A header of the system names files as well, and the directories to search come before the system's: so a header in
 *   one of those could take the place of a system's.
 */
export function createReach(files: ReadonlyMap<ProjectPath, ProjectedFile>): (steps: readonly CompileStep[]) => Reach {
  const byBasename = new Map<string, ProjectPath[]>();
  for (const path of files.keys()) {
    const base = basename(path);
    const list = byBasename.get(base);
    if (list === undefined) byBasename.set(base, [path]);
    else list.push(path);
  }
  const named = (name: string): readonly ProjectPath[] =>
    byBasename.get(basename(name))?.filter((path) => couldName(name, path)) ?? [];
  const all = [...files.keys()];

  return (steps) => {
    const reached = new Set<ProjectPath>(steps.map(({ source }) => source));
    let needsDirectories = false;
    const add = (paths: readonly ProjectPath[]): void => {
      for (const path of paths) reached.add(path);
    };
    const addEverything = (): void => {
      add(all);
      needsDirectories = true;
    };
    for (const step of uniqueFlags(steps)) {
      const { isUnforeseeable, leadsUp, forced, quoted, definitions } = searchPathOf(step);
      // A macro of the command line may well ask for a file by another name.
      if (isUnforeseeable || definitions.includes('__has_')) addEverything();
      needsDirectories ||= leadsUp || forced.some(goesUp);
      for (const name of forced) add(named(name));
      const directories = leadsUp ? [''] : quoted;
      if (directories.length > 0) {
        const isBelow = (path: string): boolean =>
          directories.some((directory) => directory === '' || path.startsWith(`${directory}/`));
        add(all.filter((path) => languageOf(path) === undefined && isBelow(path)));
      }
    }
    // A set gives also what is added while it is gone through.
    for (const path of reached) {
      const file = files.get(path);
      if (file === undefined) continue;
      const names = file.operands.map((operand) => readOperand(operand).name);
      needsDirectories ||= names.some(goesUp);
      if (file.computed) addEverything();
      for (const name of names) add(named(name));
    }
    return { files: [...reached].filter((path) => files.has(path)).sort(bytewise), needsDirectories };
  };
}

/** Steps of one target and language share their list of flags. */
const uniqueFlags = (steps: readonly CompileStep[]): readonly CompileStep[] => [
  ...new Map(steps.map((step) => [step.flags.join('\0'), step])).values(),
];

const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
