import type { FileStamp, ProjectFiles } from '../host/ports.ts';
import type { ProjectPath } from '../model/ids.ts';
import { filesOf, type UnitInputs } from '../graph/include-graph.ts';
import type { FileIndex } from './file-index.ts';
import { sameStamp } from './system-files.ts';
import { Naming, type KnownFiles } from './known-files.ts';
import type { UnitAnswer } from './unit-reader.ts';
import { forcedCandidatesOf, SearchPaths, type SearchPath } from './search-path.ts';

/** Why what a scan says of a unit may not be what is so by what is known of its files. */
export interface Doubt {
  readonly path: ProjectPath;
  /** The file is not as it is known: whoever looks at the tree next will find it changed. Otherwise asking again is enough. */
  readonly isChanged: boolean;
}

/** Of a compiler that read some units. */
export interface CompilerRun {
  /** When it was started, by the clock of the file system. */
  readonly sinceMs: number;
  /** Files of which nothing was known before. */
  readonly admitted: ReadonlySet<ProjectPath>;
  /** Files as they were looked at just before, and were as they are known. */
  readonly seen: ReadonlyMap<ProjectPath, FileStamp>;
}

/**
 * What was saved while a compiler read. A save in place empties the file first, and one that goes by way of a removal leaves
 * nothing for a moment: the compiler takes that for the file, and afterwards nothing may look different from before.
 * Looks at each file once, after the compiler has ended.
 */
export class Meanwhile {
  readonly #files: ProjectFiles;
  readonly #index: FileIndex;
  readonly #known: KnownFiles;
  readonly #run: CompilerRun;
  readonly #naming: Naming;
  readonly #searches = new SearchPaths();
  /** Files that were saved meanwhile, as they are now: what the next run has `seen`. */
  readonly seen = new Map<ProjectPath, FileStamp>();
  readonly #doubts = new Map<ProjectPath, Doubt | undefined>();

  constructor(index: FileIndex, known: KnownFiles, run: CompilerRun) {
    this.#files = known.files;
    this.#index = index;
    this.#known = known;
    this.#run = run;
    this.#naming = new Naming(known);
  }

  /** `before`: what was known of the unit; where it is the same object, the unit reads what it has read. */
  doubtOf({ step, inputs, result }: UnitAnswer, before: UnitInputs | undefined): Doubt | undefined {
    const ofRead = first(filesOf(inputs), (file) => this.#doubtOfFile(file));
    if (ofRead !== undefined || (result.ok && inputs === before)) return ofRead;
    // It may have been told of another file, or of none, in the place of one that was gone for a moment.
    const search = this.#searches.of(step);
    // What macros name, only the last scan has told.
    return (
      first(before === undefined ? [] : filesOf(before), (file) => this.#ofListed(file)) ??
      first(filesOf(inputs), (file) => first(this.#namedIn(file, search), (named) => this.#ofListed(named))) ??
      first(search.forced, (name) => first(forcedCandidatesOf(name, search), (named) => this.#ofListed(named)))
    );
  }

  #ofListed(path: ProjectPath): Doubt | undefined {
    return this.#known.listing.has(path) ? this.#doubtOfFile(path) : undefined;
  }

  #namedIn(file: ProjectPath, search: SearchPath): readonly ProjectPath[] {
    return this.#naming.namedIn(file, search, this.#index.get(file)?.projection.operands ?? []);
  }

  #doubtOfFile(path: ProjectPath): Doubt | undefined {
    if (!this.#doubts.has(path)) this.#doubts.set(path, this.#judge(path));
    return this.#doubts.get(path);
  }

  #judge(path: ProjectPath): Doubt | undefined {
    const stamp = this.#files.stat(path);
    if (stamp === undefined) return { path, isChanged: true };
    const facts = this.#index.get(path);
    if (facts !== undefined && !this.#index.isCurrent(path, stamp)) return { path, isChanged: true };
    const { sinceMs, admitted, seen } = this.#run;
    // What was saved just before, and has been looked at since, is what started the compiler.
    const looked = seen.get(path) ?? (admitted.has(path) ? undefined : facts?.stamp);
    if (!isSince(stamp, sinceMs) || (looked !== undefined && sameStamp(looked, stamp))) return undefined;
    this.seen.set(path, stamp);
    return { path, isChanged: false };
  }
}

/** How far a time stamp may lag behind the clock: the kernel's tick. */
const tickMs = 10;

/** Whoever sets a file's time can set any; the one by which that was done is the clock's. */
const isSince = ({ ctimeNs }: FileStamp, ms: number): boolean => Number(ctimeNs / 1_000_000n) >= ms - tickMs;

function first<T, R>(values: readonly T[], find: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
