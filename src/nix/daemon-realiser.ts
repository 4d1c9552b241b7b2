import type { DrvPath, ProjectPath, StepName, StorePath } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock } from '../host/ports.ts';
import { neededFor } from '../plan/select.ts';
import type { PlanDerivations, SourceFile, StepDerivation } from './plan-derivations.ts';
import { ReadyQueue } from './ready-queue.ts';
import type { RealisationBook } from './realisation-book.ts';
import type { Realisation, RealisedOutput, Realiser, RealiseRequest } from './realiser.ts';
import { resolveDerivation, type ResolvedDerivation } from './resolve.ts';
import type { StoreSources } from './store-sources.ts';
import { outputName, type NamedOutputs } from './toolchain-outputs.ts';
import { followBuilds } from './worker/build-activities.ts';
import { buildDerivation } from './worker/build-operations.ts';
import type { BuildResult } from './worker/build-result.ts';
import type { ConnectionPool } from './worker/connection-pool.ts';
import { describeWorkerFailure } from './worker/failure.ts';

export interface DaemonRealiserParts {
  readonly pool: ConnectionPool;
  readonly clock: Clock;
  readonly jobs: number;
  readonly sources: StoreSources;
  readonly book: RealisationBook;
  /** Of the plan that is asked for; content-addressed. */
  readonly derivations: PlanDerivations;
  readonly toolchain: (signal: AbortSignal) => Promise<Result<NamedOutputs, string>>;
  /** Whether an output is in the store now. */
  readonly isThere: (output: StorePath) => boolean;
  /** How long a step took the last time, in milliseconds. */
  readonly durations: Map<StepName, number>;
  /** Does what we cannot; `because` is for people. */
  readonly fallBack: (because: string) => Realiser;
}

/** For steps that nobody has seen yet. */
const typicalMs = 50;

/**
 * Has a Nix daemon build steps one by one, of derivations that makenix has made itself: nothing is evaluated, no goal waits
 * inside Nix, and what is known to come out as it did before is not asked for at all. Whatever is not as expected (a daemon
 * that goes away, a store that was collected under us) is left to `nix build`, which starts from what there is.
 */
export const createDaemonRealiser = (parts: DaemonRealiserParts): Realiser => ({
  async realise(request) {
    const done = await new Run(parts, request).all();
    return done.ok ? ok(done.value) : parts.fallBack(done.failure).realise(request);
  },
});

class Run {
  readonly #parts: DaemonRealiserParts;
  readonly #request: RealiseRequest;
  readonly #derivations: PlanDerivations;
  /** What is made, by derivation and output. */
  readonly #outputs = new Map<string, StorePath>();
  readonly #failed = new Set<StepName>();
  readonly #fileOf = new Map<StorePath, readonly [ProjectPath, SourceFile]>();
  /** Why this is not going to work. */
  #trouble: string | undefined;

  constructor(parts: DaemonRealiserParts, request: RealiseRequest) {
    this.#parts = parts;
    this.#request = request;
    this.#derivations = parts.derivations;
    for (const [path, file] of this.#derivations.files) this.#fileOf.set(file.path, [path, file]);
  }

  async all(): Promise<Result<Realisation, string>> {
    const { stop, goals, plan } = this.#request;
    const toolchain = await this.#parts.toolchain(stop.abort);
    if (stop.abort.aborted) return ok(this.#result(false));
    if (!toolchain.ok) return toolchain;
    for (const [name, output] of toolchain.value) this.#outputs.set(name, output);

    const unknown = closureOf(plan, goals).filter(({ name }) => {
      const step = this.#derivations.steps.get(name);
      return step !== undefined && !this.#recall(step, step.drv);
    });
    const { durations } = this.#parts;
    const queue = new ReadyQueue(
      unknown.map(({ name, inputs }) => ({ name, inputs, ms: durations.get(name) ?? typicalMs })),
      new Set(goals),
    );
    const trouble = await this.#work(queue);
    return trouble === undefined ? ok(this.#result(queue.isDone)) : fail(trouble);
  }

  /** As many at once as there are jobs; where one ends, the next begins. The trouble there is, unless it was stopped. */
  async #work(queue: ReadyQueue): Promise<string | undefined> {
    const { abort, drain } = this.#request.stop;
    const running = new Set<Promise<void>>();
    const isOver = (): boolean => abort.aborted || drain.aborted || this.#trouble !== undefined;
    for (;;) {
      while (!isOver() && running.size < this.#parts.jobs) {
        const name = queue.take();
        if (name === undefined) break;
        const one = this.#make(name).then((isMade) => {
          running.delete(one);
          if (isMade === true) queue.made(name);
          else if (isMade === false) queue.failed(name);
        });
        running.add(one);
      }
      if (running.size === 0) return abort.aborted ? undefined : this.#trouble;
      await Promise.race(running);
    }
  }

  /** Whether it could be made; undefined where that is not known, and there is trouble, or it was stopped. */
  async #make(name: StepName): Promise<boolean | undefined> {
    const step = this.#derivations.steps.get(name);
    const resolved =
      step === undefined
        ? undefined
        : resolveDerivation(step.name, step.derivation, (drv, output) => this.#outputs.get(outputName(drv, output)));
    if (step === undefined || resolved === undefined) {
      this.#trouble ??= `${name} is made from something that is not known`;
      return undefined;
    }
    // Early cutoff: of these very inputs, it was made before.
    if (this.#recall(step, resolved.drv)) return true;
    const added = await this.#parts.sources.add(this.#filesOf(resolved), this.#request.stop.abort);
    if (!added.ok) {
      if (!this.#request.stop.abort.aborted) this.#trouble ??= added.failure;
      return undefined;
    }
    return this.#build(name, step, resolved);
  }

  async #build(name: StepName, step: StepDerivation, resolved: ResolvedDerivation): Promise<boolean | undefined> {
    const { pool, clock, durations } = this.#parts;
    const { observe, stop } = this.#request;
    let startedAt: number | undefined;
    const follow = followBuilds((activity) => {
      if (activity.kind === 'started') {
        startedAt = clock.elapsed();
        observe({ kind: 'started', step: name });
      } else if (activity.kind === 'log-line') observe({ kind: 'log-line', step: name, text: activity.text });
    });
    const built = await pool.perform(buildDerivation(resolved.drv, resolved.derivation), {
      signal: stop.abort,
      observe: follow,
    });
    const finish = (outcome: 'rebuilt' | 'failed' | 'cancelled'): void => {
      if (startedAt === undefined) return;
      const ms = clock.elapsed() - startedAt;
      if (outcome === 'rebuilt') durations.set(name, ms);
      observe({ kind: 'finished', step: name, outcome, ms });
    };
    if (!built.ok) {
      finish('cancelled');
      if (built.failure.kind !== 'cancelled') this.#trouble ??= describeWorkerFailure(built.failure);
      return undefined;
    }
    const result = built.value;
    const output = result.ok ? result.outputs.get('out') : undefined;
    if (output !== undefined) {
      finish('rebuilt');
      this.#know(step, resolved.drv, output);
      return true;
    }
    if (startedAt !== undefined && isFromBuilder(result)) {
      finish('failed');
      this.#failed.add(name);
      return false;
    }
    finish('cancelled');
    this.#trouble ??= result.ok ? `the Nix daemon did not say what ${name} came to` : result.message;
    this.#parts.sources.forget();
    return undefined;
  }

  /** Takes a step as made where it is known what comes of it, and that is still there. */
  #recall(step: StepDerivation, drv: DrvPath): boolean {
    const output = this.#parts.book.outputOf(drv);
    if (output === undefined || !this.#parts.isThere(output)) return false;
    this.#know(step, drv, output);
    return true;
  }

  #know(step: StepDerivation, resolved: DrvPath, output: StorePath): void {
    this.#parts.book.record(resolved, output);
    this.#parts.book.record(step.drv, output);
    this.#outputs.set(outputName(step.drv), output);
  }

  #filesOf({ derivation }: ResolvedDerivation): ReadonlyMap<StorePath, readonly [ProjectPath, SourceFile]> {
    return new Map(
      derivation.inputSrcs.flatMap((path) => {
        const file = this.#fileOf.get(path);
        return file === undefined ? [] : [[path, file] as const];
      }),
    );
  }

  #result(isComplete: boolean): Realisation {
    const outputs = new Map<StepName, RealisedOutput>();
    for (const goal of this.#request.goals) {
      const step = this.#derivations.steps.get(goal);
      const outPath = step === undefined ? undefined : this.#outputs.get(outputName(step.drv));
      if (step !== undefined && outPath !== undefined) outputs.set(goal, { drvPath: step.drv, outPath });
    }
    return { outputs, failed: [...this.#failed], isComplete };
  }
}

/** The builder ran and failed; all else is between us and Nix. */
const isFromBuilder = (result: BuildResult): boolean =>
  !result.ok && ['permanent-failure', 'timed-out', 'log-limit-exceeded', 'output-rejected'].includes(result.status);

interface NeededStep {
  readonly name: StepName;
  readonly inputs: readonly StepName[];
}

/** The goals and what they are made from, each after that. */
function closureOf(plan: BuildPlan, goals: readonly StepName[]): readonly NeededStep[] {
  const needed = neededFor(plan, goals);
  const objects = plan.compiles.map(({ name }): NeededStep => ({ name, inputs: [] }));
  return [...objects, ...plan.products].filter(({ name }) => needed.has(name));
}
