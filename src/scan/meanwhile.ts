import type { FileStamp } from '../host/ports.ts';
import { first } from '../model/first.ts';
import type { ProjectPath } from '../model/ids.ts';
import { filesOf, type UnitInputs } from '../graph/include-graph.ts';
import { isSince, type FileIndex } from './file-index.ts';
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
 */
export class Meanwhile {
  readonly #index: FileIndex;
  readonly #known: KnownFiles;
  readonly #run: CompilerRun;
  readonly #naming: Naming;
  readonly #searches = new SearchPaths();

  constructor(index: FileIndex, known: KnownFiles, run: CompilerRun) {
    this.#index = index;
    this.#known = known;
    this.#run = run;
    this.#naming = new Naming(known);
  }

  /** A look at the files as they are now, for answers that the compiler has given by now: at each file once. */
  look(): Look {
    const seen = new Map<ProjectPath, FileStamp>();
    const doubts = new Map<ProjectPath, Doubt | undefined>();
    const doubtOfFile = (path: ProjectPath): Doubt | undefined => {
      if (!doubts.has(path)) doubts.set(path, this.#judge(path, seen));
      return doubts.get(path);
    };
    return { seen, doubtOf: (answer, before) => this.#doubtOf(answer, before, doubtOfFile) };
  }

  #doubtOf(
    { step, inputs, result }: UnitAnswer,
    before: UnitInputs | undefined,
    doubtOfFile: (path: ProjectPath) => Doubt | undefined,
  ): Doubt | undefined {
    const ofRead = first(filesOf(inputs), doubtOfFile);
    if (ofRead !== undefined || (result.ok && inputs === before)) return ofRead;
    // It may have been told of another file, or of none, in the place of one that was gone for a moment.
    const { listing } = this.#known;
    const ofListed = (path: ProjectPath): Doubt | undefined => (listing.has(path) ? doubtOfFile(path) : undefined);
    const search = this.#searches.of(step);
    return (
      // What macros name, only the last scan has told.
      first(before === undefined ? [] : filesOf(before), ofListed) ??
      first(filesOf(inputs), (file) => first(this.#namedIn(file, search), ofListed)) ??
      first(search.forced, (name) => first(forcedCandidatesOf(name, search), ofListed))
    );
  }

  #namedIn(file: ProjectPath, search: SearchPath): readonly ProjectPath[] {
    return this.#naming.namedIn(file, search, this.#index.get(file)?.projection.operands ?? []);
  }

  #judge(path: ProjectPath, seenNow: Map<ProjectPath, FileStamp>): Doubt | undefined {
    const stamp = this.#known.files.stat(path);
    if (stamp === undefined) return { path, isChanged: true };
    const facts = this.#index.get(path);
    if (facts !== undefined && !this.#index.isCurrent(path, stamp)) return { path, isChanged: true };
    const { sinceMs, admitted, seen } = this.#run;
    // What was saved just before, and has been looked at since, is what started the compiler.
    const looked = seen.get(path) ?? (admitted.has(path) ? undefined : facts?.stamp);
    if (!isSince(stamp, sinceMs) || (looked !== undefined && sameStamp(looked, stamp))) return undefined;
    seenNow.set(path, stamp);
    return { path, isChanged: false };
  }
}

export interface Look {
  /** `before`: what was known of the unit; where it is the same object, the unit reads what it has read. */
  doubtOf(answer: UnitAnswer, before: UnitInputs | undefined): Doubt | undefined;
  /** Files that were saved meanwhile, as they are now: what the next run has `seen`. */
  readonly seen: ReadonlyMap<ProjectPath, FileStamp>;
}
