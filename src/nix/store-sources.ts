import type { StorePath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { ProjectFiles } from '../host/ports.ts';
import { narHash, narOf } from './nar.ts';
import type { ReadFile } from './plan-derivations.ts';
import { sourceName } from './source-path.ts';
import type { Operation } from './worker/operation.ts';
import { addMultipleToStore, type SourceToAdd } from './worker/store-operations.ts';

/**
 * Which files of the project the store has: each is sent along with the first step that reads it. Asking first whether
 * it is there costs a round trip, which is more than sending a source again. What was sent is remembered; where it is
 * collected all the same, building says so, and `forget` has it sent again.
 */
export class StoreSources {
  readonly #files: ProjectFiles;
  #known = new Set<StorePath>();

  constructor(files: ProjectFiles) {
    this.#files = files;
  }

  /** What has to precede a build that reads these. Fails, in words, where a file is not what it was taken for. */
  adding(wanted: readonly ReadFile[]): Result<readonly Operation<unknown>[], string> {
    const sources: SourceToAdd[] = [];
    for (const read of wanted) {
      if (this.#known.has(read.path)) continue;
      const nar = this.#read(read);
      if (nar === undefined) return fail(`${read.file} has changed meanwhile`);
      sources.push({ name: sourceName(read.file), nar });
    }
    return ok(sources.length === 0 ? [] : [addMultipleToStore(sources)]);
  }

  /** They are there: a build that was preceded by them has been answered. */
  added(files: readonly ReadFile[]): void {
    for (const { path } of files) this.#known.add(path);
  }

  forget(): void {
    this.#known = new Set();
  }

  #read({ file, nar }: ReadFile): Uint8Array | undefined {
    const contents = this.#files.read(file);
    const isExecutable = this.#files.stat(file)?.isExecutable;
    if (contents === undefined || isExecutable === undefined) return undefined;
    return narHash(contents, isExecutable) === nar ? narOf(contents, isExecutable) : undefined;
  }
}
