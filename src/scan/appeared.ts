import { first } from '../model/first.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { filesOf, type UnitInputs } from '../graph/include-graph.ts';
import type { FileIndex } from './file-index.ts';
import { couldName, readOperand } from './operand.ts';
import type { Appearance, TreeChanges } from './rescan.ts';
import { candidatesOf, forcedCandidatesOf, goesUp, SearchPaths, type SearchPath } from './search-path.ts';

/**
 * Files that are new in the tree or gone from it, to be asked which units look for something where they lie. What a unit
 * looked for in vain is not recorded: it follows from what its files name, the flags and which files there are.
 */
export class Appeared {
  readonly #changes: TreeChanges;
  readonly #anything: Appearance;
  readonly #index: FileIndex;
  readonly #tree: TreeLook;
  readonly #byBasename = new Map<string, Appearance[]>();
  readonly #searches = new SearchPaths();
  readonly #found = new Map<SearchPath, Found>();

  /** `anything` stands for them all where any will do. */
  constructor(changes: TreeChanges, anything: Appearance, index: FileIndex, tree: TreeLook) {
    this.#changes = changes;
    this.#anything = anything;
    this.#index = index;
    this.#tree = tree;
    for (const appearance of changes.appearances) {
      const base = basename(appearance.path);
      const list = this.#byBasename.get(base);
      if (list === undefined) this.#byBasename.set(base, [appearance]);
      else list.push(appearance);
    }
  }

  /** `step` is unknown where there is no plan. */
  concerning(unit: UnitInputs, step: CompileStep | undefined): Appearance | undefined {
    const { flags = [], directory } = step ?? {};
    // A macro of the command line may well ask for a file by another name.
    if (flags.some((flag) => flag.includes('__has_'))) return this.#anything;
    const search = this.#searches.of({ flags, ...(directory === undefined ? {} : { directory }) });
    const { files, headers } = remembered(this.#found, search, (): Found => ({ files: new Map(), headers: new Map() }));
    // Files are shared by many units: each is looked at once.
    return (
      first(filesOf(unit), (file) => remembered(files, file, () => this.#ofFile(file, search))) ??
      first(unit.system, (header) => remembered(headers, header, () => this.#insteadOf(header, search))) ??
      first(search.forced, (name) => this.#named(name, search, () => forcedCandidatesOf(name, search), false))
    );
  }

  #ofFile(file: ProjectPath, search: SearchPath): Appearance | undefined {
    const projection = this.#index.get(file)?.projection;
    if (projection?.computed === true) return this.#anything;
    return first(projection?.operands ?? [], (operand) => {
      const { name, isNext } = readOperand(operand);
      return this.#named(name, search, () => candidatesOf(operand, file, search), isNext);
    });
  }

  #named(
    name: string,
    search: SearchPath,
    candidates: () => readonly ProjectPath[],
    isNext: boolean,
  ): Appearance | undefined {
    const dependsOnDirectories = search.leadsUp || goesUp(name);
    if (this.#changes.directories && dependsOnDirectories) return this.#anything;
    const namesakes = this.#byBasename.get(basename(name));
    if (namesakes === undefined) return undefined;
    if (dependsOnDirectories || search.isUnforeseeable) return namesakes.find(({ path }) => couldName(name, path));
    const places = candidates().flatMap((path) => this.#tree.realPath(path) ?? []);
    // The search ends at the first file that is there; where it goes on, and where that one is new itself, nothing is known by that.
    const isNew = (path: ProjectPath): boolean => namesakes.some((each) => each.path === path);
    const end = isNext ? -1 : places.findIndex((path) => this.#tree.isThere(path) && !isNew(path));
    const searched = end < 0 ? places : places.slice(0, end);
    return namesakes.find(({ path }) => searched.includes(path));
  }

  /** What would be found where a header of the system was, or could have been. */
  #insteadOf(header: string, search: SearchPath): Appearance | undefined {
    const namesakes = this.#byBasename.get(basename(header));
    return namesakes?.find(({ path }) =>
      search.isUnforeseeable || search.leadsUp
        ? true
        : search.quoted.some((directory) => {
            // What the search would be for, if it were the whole of what a header says: any end of the header's own path.
            const parts = header.split('/');
            return parts.some((_, i) => {
              const name = trustedProjectPath(
                [...(directory === '' ? [] : [directory]), ...parts.slice(i + 1)].join('/'),
              );
              return i < parts.length - 1 && this.#tree.realPath(name) === path;
            });
          }),
    );
  }
}

/** The tree as it is now. */
export interface TreeLook {
  isThere(path: ProjectPath): boolean;
  /** Where it leads, links to directories followed; undefined outside the project. */
  realPath(path: ProjectPath): ProjectPath | undefined;
}

/** What has been found out for one way of searching. */
interface Found {
  readonly files: Map<ProjectPath, Appearance | undefined>;
  readonly headers: Map<string, Appearance | undefined>;
}

function remembered<K, V>(known: Map<K, V>, key: K, compute: () => V): V {
  if (known.has(key)) return known.get(key) as V;
  const value = compute();
  known.set(key, value);
  return value;
}

const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
