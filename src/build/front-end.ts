import type { Failure, ScanFailure, StateFailure } from '../model/failure.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import type { Result } from '../model/result.ts';
import type { OpenedStore } from '../nix/store.ts';
import type { StopSignals } from '../nix/realiser.ts';
import type { Realiser } from '../nix/realiser.ts';
import type { Staleness } from '../plan/staleness.ts';
import type { IndexedPlan } from './plan-steps.ts';
import type { Pending } from './pending.ts';
import type { ProjectState } from './project-state.ts';
import type { Toolchain } from './toolchain.ts';
import type { Hints } from './tree.ts';
import type { TreeView } from './tree-view.ts';

/**
 * What comes before Nix builds objects: from a tree to the derivations of its steps, and to what of them is to be built
 * and why. There are two: makenix scans and writes an expression (`expression-front-end.ts`), or Nix does it all, with
 * dynamic derivations (`dynamic-front-end.ts`). What comes after is the same for both (`builder.ts`).
 */
export interface FrontEnd {
  readonly tree: TreeView;
  /** Steps out of date, until the builder has had them made. */
  readonly toBuild: Pending;
  /** Finds the compiler, Nix and the store, which `prepare` does by itself: for those who want to say so beforehand. */
  open(): Promise<Result<OpenedTools, Failure>>;
  /** Takes in what the hints name. Undefined where `stop` came first. */
  prepare(hints: Hints, stop: StopSignals): Promise<Result<Ready | undefined, Failure>>;
  /** What has changed since the build was imported, if it was, as of the last `prepare`. */
  readonly staleness: Staleness;
  /** Milliseconds since the last `prepare` began that went by waiting for the compiler and Nix. */
  readonly waitedMs: number;
  readersOf(path: ProjectPath): ReadonlySet<StepName>;
  /** Two builds of one version of an object are the same. */
  versionOf(step: StepName): string;
  /** Steps that need not be made any more, because they were. */
  done(steps: readonly StepName[]): void;
  /** For when nobody waits: does what the next build would have to do first. */
  warm(): Promise<void>;
  /** Ends what it has running besides cycles. */
  close(): Promise<void>;
  /** Remembers the state of things for the next run; what cannot be written costs that run time, and nothing else. */
  save(results: BuildResults): Result<unknown, StateFailure>;
}

/** What the builder remembers between runs. */
export type BuildResults = Pick<ProjectState, 'outputs' | 'engine' | 'warnings'>;

export interface OpenedTools {
  readonly store: OpenedStore;
  readonly toolchain: Toolchain;
}

/** What to build, and with what. */
export interface Ready {
  readonly indexed: IndexedPlan;
  /** The targets asked for and what they need. */
  readonly wanted: BuildPlan;
  readonly store: OpenedStore;
  readonly realiser: Realiser;
  /** Objects that there is no point in building. */
  readonly blocked: ReadonlyMap<StepName, ScanFailure>;
}
