import type { ProjectPath } from '../model/ids.ts';
import type { FileIndex } from './file-index.ts';

/** Files that are taken into the index for the sake of a scan: whether a unit reads them, its graph says later. */
export class Admissions {
  readonly #index: FileIndex;
  readonly #paths = new Set<ProjectPath>();

  constructor(index: FileIndex) {
    this.#index = index;
  }

  get paths(): ReadonlySet<ProjectPath> {
    return this.#paths;
  }

  /** Returns those that were not known before. */
  admit(paths: Iterable<ProjectPath>): readonly ProjectPath[] {
    const admitted = this.#index.admit(paths);
    for (const path of admitted) this.#paths.add(path);
    return admitted;
  }

  /** For a scan that came to nothing: nobody reads them yet, so that nobody would notice what happens to them. */
  takeBack(): void {
    for (const path of this.#paths) this.#index.forget(path);
  }
}
