import type { DrvPath, StepName, StorePath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock } from '../host/ports.ts';
import { neededFor } from '../plan/select.ts';
import { builderEndOf } from './builder-end.ts';
import type { EarlyBuilds } from './early-builds.ts';
import type { PlanDeriving, StepDerivation } from './plan-derivations.ts';
import { ReadyQueue, type QueuedStep } from './ready-queue.ts';
import type { RealisationBook } from './realisation-book.ts';
import type { Realisation, RealisedOutput, Realiser, RealiseRequest } from './realiser.ts';
import { resolveDerivation, type ResolvedDerivation } from './resolve.ts';
import { startStepBuild, type StepBuild } from './step-build.ts';
import type { StoreSources } from './store-sources.ts';
import { outputName, type NamedOutputs } from './toolchain-outputs.ts';
import type { BuildResult } from './worker/build-result.ts';
import type { ConnectionPool } from './worker/connection-pool.ts';
import { describeWorkerFailure } from './worker/failure.ts';

export interface DaemonRealiserParts {
  readonly pool: ConnectionPool;
  readonly clock: Clock;
  readonly jobs: number;
  readonly sources: StoreSources;
  /** Those of this plan's objects that are under way already. */
  readonly early: EarlyBuilds;
  readonly book: RealisationBook;
  /** Of the plan that is asked for. */
  readonly deriving: PlanDeriving;
  readonly toolchain: (signal: AbortSignal) => Promise<Result<NamedOutputs, string>>;
  /** Which outputs are in the store: as far as anyone knows, until `forget`. */
  readonly outputs: {
    has(output: StorePath): boolean;
    /** Whether it is there now, whatever anyone knows. */
    look(output: StorePath): boolean;
    add(output: StorePath): void;
  };
  /** Something was not in the store that should be: nothing of it is taken for granted any more. */
  readonly forget: () => void;
  /** How long a step took the last time, in milliseconds. */
  readonly durations: Map<StepName, number>;
  /** How long one takes, more or less, that nobody has seen yet. */
  readonly expectedMs: (step: StepName) => number;
  /** Does what we cannot; `because` is for people. */
  readonly fallBack: (because: string) => Realiser;
}

/**
 * Has a Nix daemon build steps one by one, of derivations that makenix has made itself: nothing is evaluated, no goal waits
 * inside Nix, and what is known to come out as it did before is not asked for at all. Where something is not as expected
 * (a store that was collected under us), it begins again and takes nothing for granted; what then fails is left to
 * `nix build`, which starts from what there is.
 */
export const createDaemonRealiser = (parts: DaemonRealiserParts): Realiser => ({
  async realise(request) {
    const failed = new Set<StepName>();
    const done = await new Run(parts, request, failed).all();
    if (done.ok) return done;
    parts.forget();
    const again = done.failure.isLasting ? done : await new Run(parts, request, failed).all();
    return again.ok ? again : parts.fallBack(again.failure.because).realise(request);
  },
});

/** Why a run came to nothing. */
interface Trouble {
  /** For people. */
  readonly because: string;
  /** Beginning again would meet it again: a daemon that does not answer takes half a minute each time. */
  readonly isLasting: boolean;
}

class Run {
  readonly #parts: DaemonRealiserParts;
  readonly #request: RealiseRequest;
  #tools: NamedOutputs = new Map();
  readonly #failed: Set<StepName>;
  readonly #running = new Set<Promise<void>>();
  /** Undefined until all derivations are made. */
  #queue: ReadyQueue | undefined;
  /** What has ended by then, and whether it was made. */
  readonly #ended = new Map<StepName, boolean>();
  /** Why this is not going to work. */
  #trouble: Trouble | undefined;

  /** Those that have failed are not tried again; gains those that do. */
  constructor(parts: DaemonRealiserParts, request: RealiseRequest, failed: Set<StepName>) {
    this.#parts = parts;
    this.#request = request;
    this.#failed = failed;
  }

  async all(): Promise<Result<Realisation, Trouble>> {
    const { stop, goals, plan } = this.#request;
    const { clock, toolchain, durations, expectedMs, deriving, early, jobs } = this.#parts;
    const tools = await toolchain(stop.abort);
    if (stop.abort.aborted) return ok(this.#result(false));
    if (!tools.ok) return fail({ because: tools.failure, isLasting: false });
    this.#tools = tools.value;
    const needed = neededFor(plan, goals);
    const isToMake = (name: StepName): boolean => {
      const step = deriving.steps.get(name);
      return needed.has(name) && step !== undefined && this.#outputOf(step) === undefined;
    };
    const msOf = (name: StepName): number => durations.get(name) ?? expectedMs(name);
    const isEarly = (name: StepName): boolean => {
      const step = deriving.steps.get(name);
      return step !== undefined && early.has(step.drv);
    };
    // The first compiles go off before anybody looks at the rest, which takes longer the more there is.
    const begun = new Set(
      deriving.changedObjects
        .filter((name) => !this.#failed.has(name) && isToMake(name))
        .sort((a, b) => Number(isEarly(b)) - Number(isEarly(a)) || msOf(b) - msOf(a))
        .slice(0, jobs),
    );
    for (const name of begun) this.#begin(name);
    if (begun.size > 0) await clock.turn();
    deriving.all();
    if (begun.size > 0) await clock.turn();
    const queued = (name: StepName, inputs: readonly StepName[]): readonly QueuedStep[] =>
      begun.has(name) || isToMake(name) ? [{ name, inputs, ms: msOf(name) }] : [];
    const steps = [
      ...plan.compiles.flatMap(({ name }) => queued(name, none)),
      ...plan.products.flatMap(({ name, inputs }) => queued(name, inputs)),
    ];
    const queue = new ReadyQueue(steps, new Set(goals), new Set([...begun, ...this.#failed]));
    for (const name of this.#failed) queue.failed(name);
    for (const [name, isMade] of this.#ended) if (!this.#failed.has(name)) settle(queue, name, isMade);
    this.#queue = queue;
    const trouble = (await this.#work(queue)) ?? (queue.isDone ? this.#collected() : undefined);
    if (trouble === undefined && queue.isDone) early.forget();
    return trouble === undefined ? ok(this.#result(queue.isDone)) : fail(trouble);
  }

  /** As many at once as there are jobs; where one ends, the next begins. The trouble there is, unless it was stopped. */
  async #work(queue: ReadyQueue): Promise<Trouble | undefined> {
    const { abort, drain } = this.#request.stop;
    const isOver = (): boolean => abort.aborted || drain.aborted || this.#trouble !== undefined;
    for (;;) {
      while (!isOver() && this.#running.size < this.#parts.jobs) {
        const name = queue.take();
        if (name === undefined) break;
        this.#begin(name);
      }
      if (this.#running.size === 0) return abort.aborted ? undefined : this.#trouble;
      await Promise.race(this.#running);
    }
  }

  #begin(name: StepName): void {
    const one = this.#make(name).then((isMade) => {
      this.#running.delete(one);
      if (isMade === undefined) return;
      if (this.#queue === undefined) this.#ended.set(name, isMade);
      else settle(this.#queue, name, isMade);
    });
    this.#running.add(one);
  }

  /** Whether it could be made; undefined where that is not known, and there is trouble, or it was stopped. */
  async #make(name: StepName): Promise<boolean | undefined> {
    const step = this.#parts.deriving.steps.get(name);
    const resolved = step === undefined ? undefined : this.#resolve(name, step);
    if (step === undefined || resolved === undefined) {
      this.#fail(`${name} is made from something that is not known`);
      return undefined;
    }
    // Early cutoff: of these very inputs, it was made before.
    const known = this.#outputOf(resolved);
    if (known !== undefined) {
      this.#know(step, resolved.drv, known);
      return true;
    }
    const { clock, deriving, early, pool, sources } = this.#parts;
    const begun = early.take(step.drv, resolved);
    if (begun !== undefined) return this.#follow(step, resolved, name, begun);
    const adding = sources.adding(deriving.filesOf(name));
    if (!adding.ok) {
      this.#fail(adding.failure);
      return undefined;
    }
    const build = startStepBuild(pool, clock, resolved, adding.value, this.#request.stop.abort);
    return this.#follow(step, resolved, name, build);
  }

  async #follow(
    step: StepDerivation,
    resolved: ResolvedDerivation,
    name: StepName,
    build: StepBuild,
  ): Promise<boolean | undefined> {
    const { deriving, durations, sources } = this.#parts;
    const { observe } = this.#request;
    build.listen((word) => observe({ ...word, step: name }));
    const { result: built, ms } = await build.end;
    const finish = (outcome: 'rebuilt' | 'cancelled'): void => {
      if (ms === undefined) return;
      if (outcome === 'rebuilt') durations.set(name, ms);
      observe({ kind: 'finished', step: name, outcome, ms });
    };
    if (!built.ok) {
      finish('cancelled');
      const { kind } = built.failure;
      const isLasting = kind === 'unresponsive' || kind === 'version-unsupported' || kind === 'protocol-broken';
      if (kind !== 'cancelled') this.#fail(describeWorkerFailure(built.failure), isLasting);
      return undefined;
    }
    sources.added(deriving.filesOf(name));
    const result = built.value;
    const output = result.ok ? result.outputs.get('out') : undefined;
    if (output !== undefined) {
      finish('rebuilt');
      this.#know(step, resolved.drv, output);
      return true;
    }
    if (!result.ok && ms !== undefined && isFromBuilder(result)) {
      observe({ kind: 'finished', step: name, outcome: 'failed', end: builderEndOf(result.message), ms });
      this.#failed.add(name);
      return false;
    }
    finish('cancelled');
    this.#fail(result.ok ? `the Nix daemon did not say what ${name} came to` : result.message);
    return undefined;
  }

  /** The first reason is what the others come from. */
  #fail(because: string, isLasting = false): void {
    this.#trouble ??= { because, isLasting };
  }

  #resolve(name: StepName, step: StepDerivation): ResolvedDerivation | undefined {
    const inputs = new Map(this.#parts.deriving.inputsOf(name).map((input) => [input.drv, input]));
    return resolveDerivation(step, (drv, output) => {
      const input = inputs.get(drv);
      if (input === undefined) return this.#tools.get(outputName(drv, output));
      const path = this.#outputOf(input);
      return path === undefined ? undefined : { placeholder: input.out, path };
    });
  }

  /** Where it is known what comes of a step, and that is still there. */
  #outputOf({ drv }: Pick<StepDerivation, 'drv'>): StorePath | undefined {
    const output = this.#parts.book.outputOf(drv);
    return output !== undefined && this.#parts.outputs.has(output) ? output : undefined;
  }

  /** Of what others are made from, Nix says when it is gone; of what is made for people, nobody would. */
  #collected(): Trouble | undefined {
    const { deriving, book, outputs } = this.#parts;
    const { goals, plan } = this.#request;
    const products = new Set(plan.products.map(({ name }) => name));
    const gone = goals.find((goal) => {
      const step = products.has(goal) ? deriving.steps.get(goal) : undefined;
      const output = step === undefined ? undefined : book.outputOf(step.drv);
      return output !== undefined && !outputs.look(output);
    });
    return gone === undefined ? undefined : { because: `${gone} was collected at once`, isLasting: false };
  }

  #know(step: StepDerivation, resolved: DrvPath, output: StorePath): void {
    const { book, outputs } = this.#parts;
    book.record(resolved, output);
    book.record(step.drv, output);
    outputs.add(output);
  }

  #result(isComplete: boolean): Realisation {
    const outputs = new Map<StepName, RealisedOutput>();
    for (const goal of this.#request.goals) {
      const step = this.#parts.deriving.steps.get(goal);
      const outPath = step === undefined ? undefined : this.#outputOf(step);
      if (step !== undefined && outPath !== undefined) outputs.set(goal, { drvPath: step.drv, outPath });
    }
    return { outputs, failed: [...this.#failed], isComplete };
  }
}

function settle(queue: ReadyQueue, name: StepName, isMade: boolean): void {
  if (isMade) queue.made(name);
  else queue.failed(name);
}

/** The builder ran and failed; all else is between us and Nix. */
const isFromBuilder = (result: BuildResult): boolean =>
  ['permanent-failure', 'timed-out', 'log-limit-exceeded', 'output-rejected'].includes(result.status);

const none: readonly never[] = [];
