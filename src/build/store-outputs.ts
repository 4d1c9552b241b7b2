import type { ProjectFiles } from '../host/ports.ts';
import { trustedProjectPath, type StorePath } from '../model/ids.ts';
import type { OpenedStore } from '../nix/store.ts';
import { physicalPath } from './outputs.ts';

/**
 * Which outputs are in a store. Looks once for each: what is made from a thousand objects would have a thousand files
 * looked at, at every save.
 */
export class StoreOutputs {
  readonly #store: OpenedStore;
  readonly #machine: ProjectFiles;
  #seen = new Set<StorePath>();

  /** `machine`: files of the whole machine. */
  constructor(store: OpenedStore, machine: ProjectFiles) {
    this.#store = store;
    this.#machine = machine;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#seen.size;
  }

  has(output: StorePath): boolean {
    return this.#seen.has(output) || this.look(output);
  }

  /** Whether it is there now. */
  look(output: StorePath): boolean {
    const path = physicalPath(this.#store, output);
    const isThere = path !== undefined && this.#machine.exists(trustedProjectPath(path.slice(1)));
    if (isThere) this.#seen.add(output);
    else this.#seen.delete(output);
    return isThere;
  }

  /** A build has just put it there. */
  add(output: StorePath): void {
    this.#seen.add(output);
  }

  /** Some may be gone. */
  forget(): void {
    this.#seen = new Set();
  }
}
