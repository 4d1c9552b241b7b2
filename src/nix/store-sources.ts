import type { ProjectPath, StorePath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { ProjectFiles } from '../host/ports.ts';
import { narHash, narOf } from './nar.ts';
import type { SourceFile } from './plan-derivations.ts';
import { sourceName } from './source-path.ts';
import type { ConnectionPool } from './worker/connection-pool.ts';
import { describeWorkerFailure } from './worker/failure.ts';
import { addMultipleToStore, queryValidPaths, type SourceToAdd } from './worker/store-operations.ts';

/**
 * Puts files of the project into the store before the steps that read them are built. What has been seen there is
 * remembered; where it is collected all the same, building says so, and `forget` has it looked for again.
 */
export class StoreSources {
  readonly #files: ProjectFiles;
  readonly #pool: ConnectionPool;
  #known = new Set<StorePath>();

  constructor(files: ProjectFiles, pool: ConnectionPool) {
    this.#files = files;
    this.#pool = pool;
  }

  /** Fails, in words, where the store cannot have them, or a file is not what it was when the derivation was made. */
  async add(
    wanted: ReadonlyMap<StorePath, readonly [ProjectPath, SourceFile]>,
    signal: AbortSignal,
  ): Promise<Result<void, string>> {
    const unknown = [...wanted.keys()].filter((path) => !this.#known.has(path));
    if (unknown.length === 0) return ok(undefined);
    const valid = await this.#pool.perform(queryValidPaths(unknown), { signal });
    if (!valid.ok) return fail(describeWorkerFailure(valid.failure));
    const missing = unknown.filter((path) => !valid.value.has(path));
    const sources: SourceToAdd[] = [];
    for (const store of missing) {
      const [path, file] = wanted.get(store) ?? [];
      const read = path === undefined || file === undefined ? undefined : this.#read(path, file);
      if (path === undefined || read === undefined) return fail(`${path ?? store} has changed meanwhile`);
      sources.push({ name: sourceName(path), nar: read });
    }
    if (sources.length > 0) {
      const added = await this.#pool.perform(addMultipleToStore(sources), { signal });
      if (!added.ok) return fail(describeWorkerFailure(added.failure));
    }
    for (const path of unknown) this.#known.add(path);
    return ok(undefined);
  }

  forget(): void {
    this.#known = new Set();
  }

  #read(path: ProjectPath, { nar }: SourceFile): Uint8Array | undefined {
    const contents = this.#files.read(path);
    const isExecutable = this.#files.stat(path)?.isExecutable;
    if (contents === undefined || isExecutable === undefined) return undefined;
    return narHash(contents, isExecutable) === nar ? narOf(contents, isExecutable) : undefined;
  }
}
