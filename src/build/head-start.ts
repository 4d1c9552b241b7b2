import type { Clock } from '../host/ports.ts';
import type { EarlyBuilds } from '../nix/early-builds.ts';
import type { PlanDeriver } from '../nix/plan-derivations.ts';
import type { RealisationBook } from '../nix/realisation-book.ts';
import { resolveDerivation } from '../nix/resolve.ts';
import { startStepBuild } from '../nix/step-build.ts';
import type { StoreSources } from '../nix/store-sources.ts';
import { outputName, type NamedOutputs } from '../nix/toolchain-outputs.ts';
import type { ConnectionPool } from '../nix/worker/connection-pool.ts';
import type { ToolchainUse } from './engine-toolchain.ts';
import type { ReadyUnit } from './ready-unit.ts';
import type { StoreOutputs } from './store-outputs.ts';

/** What it takes to compile an object. */
export interface HeadStartTools {
  readonly deriver: PlanDeriver;
  /** What all steps need. */
  readonly tools: NamedOutputs;
  readonly pool: ConnectionPool;
  readonly sources: StoreSources;
  readonly outputs: Pick<StoreOutputs, 'has'>;
}

export interface HeadStartParts {
  /** A promise where something has to be waited for; undefined where nothing can be begun. */
  readonly toolsFor: (use: ToolchainUse) => HeadStartTools | Promise<HeadStartTools | undefined>;
  readonly clock: Clock;
  readonly book: () => RealisationBook;
  readonly early: EarlyBuilds;
  readonly signal: AbortSignal;
}

/**
 * Begins to compile objects while a cycle is still finding out what else there is to do: other units are being scanned,
 * the expression is printed, links are derived. Who builds then takes over what is under way. It is of one cycle: the next
 * one finds other contents.
 */
export class HeadStart {
  readonly #parts: HeadStartParts;
  readonly #waiting: ReadyUnit[] = [];
  /** How many may run at once: the others are for the compilers that scan. Undefined until something is offered. */
  #jobs: number | undefined;
  #tools: HeadStartTools | undefined;
  #running = 0;
  #isOver = false;

  constructor(parts: HeadStartParts) {
    this.#parts = parts;
  }

  /** What has made the derivations so far; undefined where none could be made. */
  get deriver(): PlanDeriver | undefined {
    return this.#tools?.deriver;
  }

  /** Begins at once where it can. `use` is the same for all that are offered. */
  offer(unit: ReadyUnit, use: ToolchainUse): void {
    this.#waiting.push(unit);
    if (this.#jobs === undefined) this.#open(use);
    this.#work();
  }

  /** Begins nothing more. */
  end(): void {
    this.#isOver = true;
  }

  #open(use: ToolchainUse): void {
    this.#jobs = Math.max(1, use.store.settings.jobs >> 1);
    const tools = this.#parts.toolsFor(use);
    if (!(tools instanceof Promise)) {
      this.#tools = tools;
      return;
    }
    void tools.then((found) => {
      if (!this.#isOver) this.#tools = found;
      this.#work();
    });
  }

  #work(): void {
    const { signal } = this.#parts;
    const jobs = this.#jobs ?? 0;
    while (this.#tools !== undefined && !this.#isOver && !signal.aborted && this.#running < jobs) {
      const unit = this.#waiting.shift();
      if (unit === undefined) return;
      this.#begin(unit, this.#tools);
    }
  }

  #begin(
    { step: { name }, step, headers, fingerprint }: ReadyUnit,
    { deriver, tools, pool, sources, outputs }: HeadStartTools,
  ): void {
    const { book, clock, early, signal } = this.#parts;
    const derived = deriver.object(step, headers, fingerprint);
    // A file that is not there is for those to tell who say what goes wrong.
    if (derived === undefined || early.has(derived.drv)) return;
    const resolved = resolveDerivation(derived, (drv, output) => tools.get(outputName(drv, output)));
    if (resolved === undefined) return;
    const known = book().outputOf(resolved.drv);
    if (known !== undefined && outputs.has(known)) return;
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
