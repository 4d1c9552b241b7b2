import type { Reason } from '../model/events.ts';
import type { StepName } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';

/**
 * Steps that are known to be out of date, with every reason since they were last made. A cycle that fails or is
 * superseded leaves them here, so nothing that was noticed is forgotten before it is done.
 */
export class Pending {
  readonly #reasons: Map<StepName, Map<string, Reason>>;

  constructor(entries: Iterable<readonly [StepName, readonly Reason[]]> = []) {
    this.#reasons = new Map();
    for (const [step, reasons] of entries) for (const reason of reasons) this.add(step, reason);
  }

  add(step: StepName, reason: Reason): void {
    let reasons = this.#reasons.get(step);
    if (reasons === undefined) {
      reasons = new Map();
      this.#reasons.set(step, reasons);
    }
    reasons.set(`${reason.path}\0${reason.change}`, reason);
  }

  done(step: StepName): void {
    this.#reasons.delete(step);
  }

  has(step: StepName): boolean {
    return this.#reasons.has(step);
  }

  /** Ordered by path. */
  reasons(step: StepName): readonly Reason[] {
    return [...(this.#reasons.get(step)?.values() ?? [])].sort((a, b) => bytewise(a.path, b.path));
  }

  steps(): readonly StepName[] {
    return [...this.#reasons.keys()].sort(bytewise);
  }

  entries(): readonly (readonly [StepName, readonly Reason[]])[] {
    return this.steps().map((step) => [step, this.reasons(step)] as const);
  }

  /** Drops steps that are no longer in the plan. */
  retain(isStep: (step: StepName) => boolean): void {
    for (const step of this.#reasons.keys()) if (!isStep(step)) this.#reasons.delete(step);
  }

  get size(): number {
    return this.#reasons.size;
  }
}
