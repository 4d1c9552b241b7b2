import type { DrvPath, StorePath } from '../model/ids.ts';

/**
 * What builders have made: by derivation, resolved or not, the output. A memory, which spares asking Nix: what it says is
 * true for ever, since a content-addressed output is what the derivation makes; whether the output is still in the store
 * is another question.
 */
export class RealisationBook {
  /** The longest unused first. */
  readonly #outputs: Map<DrvPath, StorePath>;

  constructor(entries: Iterable<readonly [DrvPath, StorePath]> = []) {
    this.#outputs = new Map(entries);
  }

  outputOf(drv: DrvPath): StorePath | undefined {
    return this.#outputs.get(drv);
  }

  get size(): number {
    return this.#outputs.size;
  }

  /** They are in use: those that are not are forgotten before them. */
  touch(drvs: Iterable<DrvPath>): void {
    for (const drv of drvs) {
      const output = this.#outputs.get(drv);
      if (output === undefined) continue;
      this.#outputs.delete(drv);
      this.#outputs.set(drv, output);
    }
  }

  record(drv: DrvPath, output: StorePath): void {
    this.#outputs.delete(drv);
    this.#outputs.set(drv, output);
  }

  /** Forgets the longest unused, down to `most`: Nix would have to be asked of them again. */
  retain(most: number): void {
    for (const drv of this.#outputs.keys()) {
      if (this.#outputs.size <= most) return;
      this.#outputs.delete(drv);
    }
  }

  /** For the next run. */
  entries(): readonly (readonly [DrvPath, StorePath])[] {
    return [...this.#outputs];
  }
}
