import type { ProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import type { IndexedPlan } from './plan-steps.ts';
import type { Toolchain } from './toolchain.ts';

/** An object of which everything is known that its compile reads, though not yet everything else that is to be done. */
export interface ReadyUnit {
  readonly step: CompileStep;
  readonly headers: readonly ProjectPath[];
  /** Of the system headers; undefined where Nix accounts for them. */
  readonly fingerprint: string | undefined;
}

export type OnReady = (unit: ReadyUnit, indexed: IndexedPlan, toolchain: Toolchain) => void;
