import type { ProjectFiles } from '../host/ports.ts';
import type { ProjectPath } from '../model/ids.ts';
import type { FileFacts } from './file-index.ts';
import { candidatesOf, type SearchPath } from './search-path.ts';

/** The project's files, as a scan knows them. */
export interface KnownFiles {
  readonly files: ProjectFiles;
  /** Every file that a listing of the project finds. */
  readonly listing: ReadonlySet<ProjectPath>;
  /** Of a file that a compiler has named: from here on it is known. */
  factsOf(path: ProjectPath): Pick<FileFacts, 'stamp' | 'hash' | 'projection'> | undefined;
}

/** Which listed files a file may mean by what it names, in groups that are skipped too: each file is looked at once. */
export class Naming {
  readonly #known: KnownFiles;
  readonly #named = new Map<SearchPath, Map<ProjectPath, readonly ProjectPath[]>>();

  constructor(known: KnownFiles) {
    this.#known = known;
  }

  namedIn(file: ProjectPath, search: SearchPath, operands: readonly string[]): readonly ProjectPath[] {
    let ofSearch = this.#named.get(search);
    if (ofSearch === undefined) this.#named.set(search, (ofSearch = new Map<ProjectPath, readonly ProjectPath[]>()));
    let named = ofSearch.get(file);
    if (named === undefined) {
      const { listing } = this.#known;
      named = operands.flatMap((operand) => candidatesOf(operand, file, search).filter((path) => listing.has(path)));
      ofSearch.set(file, named);
    }
    return named;
  }
}
