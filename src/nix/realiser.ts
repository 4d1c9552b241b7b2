import type { BuilderEnd } from './builder-end.ts';
import type { DrvPath, StepName, StorePath } from '../model/ids.ts';
import type { Failure } from '../model/failure.ts';
import type { BuildPlan } from '../model/plan.ts';
import type { Result } from '../model/result.ts';

/** Has Nix build steps. The port behind which the command line and, later, the worker protocol stand. */
export interface Realiser {
  /**
   * Realises the goals; what they need is realised with them. Builds as much as it can when some fail (keep-going).
   * A build that fails is an outcome, not a `Failure`; a `Failure` is Nix itself refusing.
   */
  realise(request: RealiseRequest): Promise<Result<Realisation, Failure>>;
}

export interface RealiseRequest {
  readonly plan: BuildPlan;
  /** Steps wanted. Objects come in addition to the products that use them where it is worth knowing their paths. */
  readonly goals: readonly StepName[];
  readonly observe: (observation: StepObservation) => void;
  readonly stop: StopSignals;
}

/** Two ways of ending early. */
export interface StopSignals {
  /** Ends every builder at once. */
  readonly abort: AbortSignal;
  /** Lets the builders that run finish, and starts no more where that can be helped. */
  readonly drain: AbortSignal;
}

/**
 * Every `started` is followed by one `finished` of the same step, whatever happens. In between, it may be `started` again,
 * from the beginning, where the Nix that built it was lost.
 */
export type StepObservation =
  | { readonly kind: 'started'; readonly step: StepName }
  | { readonly kind: 'log-line'; readonly step: StepName; readonly text: string }
  | {
      readonly kind: 'finished';
      readonly step: StepName;
      readonly outcome: 'rebuilt' | 'cancelled';
      readonly ms: number;
    }
  | {
      readonly kind: 'finished';
      readonly step: StepName;
      readonly outcome: 'failed';
      /** What became of its builder. */
      readonly end: BuilderEnd;
      readonly ms: number;
    };

export interface Realisation {
  /** Of the goals that are realised now. */
  readonly outputs: ReadonlyMap<StepName, RealisedOutput>;
  /** Steps whose builder ran and failed. */
  readonly failed: readonly StepName[];
  /** Every goal was attempted that could be: nothing ended early. */
  readonly isComplete: boolean;
}

export interface RealisedOutput {
  readonly drvPath: DrvPath;
  readonly outPath: StorePath;
}
