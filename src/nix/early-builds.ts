import type { DrvPath } from '../model/ids.ts';
import type { ResolvedDerivation } from './resolve.ts';
import type { StepBuild } from './step-build.ts';

/**
 * Builds that were begun before anybody asked for them. A derivation says all that a build depends on, so that whoever
 * comes to need that very one can have it. What turns out not to be needed costs processor time and nothing else.
 */
export class EarlyBuilds {
  readonly #begun = new Map<DrvPath, { readonly resolved: DrvPath; readonly build: StepBuild }>();

  get size(): number {
    return this.#begun.size;
  }

  /** `drv` as the plan has it. */
  has(drv: DrvPath): boolean {
    return this.#begun.has(drv);
  }

  /** What ends without a result (cancelled, or a daemon that is gone) is as if it had never begun. */
  add(drv: DrvPath, { drv: resolved }: ResolvedDerivation, build: StepBuild): void {
    const entry = { resolved, build };
    this.#begun.set(drv, entry);
    void build.end.then(({ result }) => {
      if (!result.ok && this.#begun.get(drv) === entry) this.#begun.delete(drv);
    });
  }

  /** Nobody is going to ask for what was begun up to now. */
  forget(): void {
    this.#begun.clear();
  }

  /** The build of a derivation, if there is one of what it resolves to; nobody else gets it. */
  take(drv: DrvPath, { drv: resolved }: ResolvedDerivation): StepBuild | undefined {
    const begun = this.#begun.get(drv);
    this.#begun.delete(drv);
    return begun?.resolved === resolved ? begun.build : undefined;
  }
}
