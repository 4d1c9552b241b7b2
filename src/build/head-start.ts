import type { Clock } from '../host/ports.ts';
import type { StorePath } from '../model/ids.ts';
import type { EarlyBuilds } from '../nix/early-builds.ts';
import type { PlanDeriver } from '../nix/plan-derivations.ts';
import type { RealisationBook } from '../nix/realisation-book.ts';
import { resolveDerivation } from '../nix/resolve.ts';
import { startStepBuild } from '../nix/step-build.ts';
import type { StoreSources } from '../nix/store-sources.ts';
import { outputName, type NamedOutputs } from '../nix/toolchain-outputs.ts';
import type { ConnectionPool } from '../nix/worker/connection-pool.ts';
import type { ReadyUnit } from './session.ts';

/** What it takes to compile an object. */
export interface HeadStartTools {
  readonly deriver: PlanDeriver;
  readonly outputs: NamedOutputs;
  readonly pool: ConnectionPool;
  readonly sources: StoreSources;
  readonly isThere: (output: StorePath) => boolean;
}

export interface HeadStartParts {
  /** Undefined where nothing can be begun; a promise where something has to be waited for. */
  readonly tools: HeadStartTools | Promise<HeadStartTools | undefined>;
  readonly clock: Clock;
  readonly book: RealisationBook;
  readonly early: EarlyBuilds;
  /** How many may run at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
}

/**
 * Begins to compile objects while the cycle is still finding out what else there is to do: other units are being scanned,
 * the expression is printed, links are derived. Who builds then takes over what is under way.
 */
export class HeadStart {
  readonly #parts: HeadStartParts;
  readonly #waiting: ReadyUnit[] = [];
  #tools: HeadStartTools | undefined;
  #running = 0;
  #isOver = false;

  constructor(parts: HeadStartParts) {
    this.#parts = parts;
    if (parts.tools instanceof Promise) {
      void parts.tools.then((tools) => {
        if (!this.#isOver) this.#tools = tools;
        this.#work();
      });
    } else this.#tools = parts.tools;
  }

  /** What has made the derivations so far; undefined where none could be made. */
  get deriver(): PlanDeriver | undefined {
    return this.#tools?.deriver;
  }

  /** Begins at once where it can. */
  offer(unit: ReadyUnit): void {
    this.#waiting.push(unit);
    this.#work();
  }

  /** Begins nothing more. */
  end(): void {
    this.#isOver = true;
  }

  #work(): void {
    const { jobs, signal } = this.#parts;
    while (this.#tools !== undefined && !this.#isOver && !signal.aborted && this.#running < jobs) {
      const unit = this.#waiting.shift();
      if (unit === undefined) return;
      this.#begin(unit, this.#tools);
    }
  }

  #begin(
    { step: { name }, step, headers, fingerprint }: ReadyUnit,
    { deriver, outputs, pool, sources, isThere }: HeadStartTools,
  ): void {
    const { book, clock, early, signal } = this.#parts;
    const derived = deriver.object(step, headers, fingerprint);
    // A file that is not there is for those to tell who say what goes wrong.
    if (derived === undefined || early.has(derived.drv)) return;
    const resolved = resolveDerivation(derived, (drv, output) => outputs.get(outputName(drv, output)));
    if (resolved === undefined) return;
    const known = book.outputOf(resolved.drv);
    if (known !== undefined && isThere(known)) return;
    const adding = sources.adding(deriver.filesOf(name));
    if (!adding.ok) return;
    const build = startStepBuild(pool, clock, resolved, adding.value, signal);
    early.add(derived.drv, resolved, build);
    this.#running++;
    void build.end.then(() => {
      this.#running--;
      this.#work();
    });
  }
}
