import type { StorePath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { ProjectFiles } from '../host/ports.ts';
import { narOf } from './nar.ts';
import type { ReadFile } from './plan-derivations.ts';
import { sourceName } from './source-path.ts';
import { readUnchanged } from './unchanged-file.ts';
import type { Operation } from './worker/operation.ts';
import { addMultipleToStore, type SourceToAdd } from './worker/store-operations.ts';

/**
 * Which files of the project are held in the store: each is sent along with the first step that reads it, whether or not
 * it is there. Asking first costs a round trip, which is more than sending a source again; and only adding keeps it from
 * being collected, while the connection that added it lasts (a temporary root, in Nix's words). What was sent is
 * remembered until `forget` says that a connection has ended, or that something was collected all the same.
 */
export class StoreSources {
  readonly #files: ProjectFiles;
  /** A new one each time that it is forgotten. */
  #held = new Set<StorePath>();
  /** Those on their way, each with what was held as it was sent: where that is forgotten meanwhile, so is this. */
  readonly #sent = new Map<StorePath, ReadonlySet<StorePath>>();

  constructor(files: ProjectFiles) {
    this.#files = files;
  }

  /** What has to precede a build that reads these. Fails, in words, where a file is not what it was taken for. */
  adding(wanted: readonly ReadFile[]): Result<readonly Operation<unknown>[], string> {
    const sources: SourceToAdd[] = [];
    for (const read of wanted) {
      if (this.#held.has(read.path)) continue;
      const file = readUnchanged(this.#files, read.file, read.nar);
      if (file === undefined) return fail(`${read.file} has changed meanwhile`);
      sources.push({ name: sourceName(read.file), nar: narOf(file.contents, file.isExecutable) });
      this.#sent.set(read.path, this.#held);
    }
    return ok(sources.length === 0 ? [] : [addMultipleToStore(sources)]);
  }

  /** They are there: a build that was preceded by them has been answered. */
  added(files: readonly ReadFile[]): void {
    for (const { path } of files) {
      if (this.#sent.get(path) === this.#held) this.#held.add(path);
      this.#sent.delete(path);
    }
  }

  forget(): void {
    this.#held = new Set();
    // Those of builds that were cancelled would stay for ever.
    this.#sent.clear();
  }
}
