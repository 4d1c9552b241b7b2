import type { CycleFinished, CycleTrigger, MakenixEvent, Output, WriteFailed } from '../model/events.ts';
import type { Failure, StateFailure } from '../model/failure.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import { internalFailure } from '../model/internal-failure.ts';
import { bytewise } from '../model/order.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { StopSignals } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';
import type { BuildResults, FrontEnd } from './front-end.ts';
import { rounded } from './milliseconds.ts';
import { OutputBook } from './output-book.ts';
import { realisePhase, type PhaseOutcome } from './realise-phase.ts';
import type { IndexedPlan } from './plan-steps.ts';
import type { Hints } from './tree.ts';
import type { TreeView } from './tree-view.ts';
import { WarningBook } from './warning-book.ts';

export interface BuilderPorts {
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  readonly emit: (event: MakenixEvent) => void;
  /** Files of a store that is a directory of this machine. */
  readonly openFiles: (directory: string) => ProjectFiles;
}

export interface CycleReport {
  readonly outcome: CycleFinished['outcome'];
  readonly rebuilt: readonly StepName[];
  readonly outputs: readonly Output[];
  /** Why there was nothing to build with, if so. */
  readonly failure?: Failure;
}

/** One project's build: cycles, one at a time, over what is remembered between them. */
export class Builder {
  readonly #ports: BuilderPorts;
  readonly #frontEnd: FrontEnd;
  readonly #warnings: WarningBook;
  readonly #outputs: OutputBook;
  #store: OpenedStore | undefined;
  #isCycling = false;
  /** What the last cycle made, or found made. */
  #built: { readonly store: OpenedStore; readonly wanted: BuildPlan } | undefined;
  /** What could not be written the last time. */
  readonly #unwritten = new Map<WriteFailed['cost'], StateFailure>();
  /** What Nix is busy with, from its first builder to its end. */
  #realising:
    | {
        readonly indexed: IndexedPlan;
        readonly steps: readonly StepName[];
        readonly running: ReadonlySet<StepName>;
      }
    | undefined;

  constructor(ports: BuilderPorts, frontEnd: FrontEnd, remembered: BuildResults | undefined) {
    this.#ports = ports;
    this.#frontEnd = frontEnd;
    this.#warnings = new WarningBook(remembered?.warnings);
    this.#outputs = new OutputBook(ports.files, ports.openFiles, remembered);
  }

  get tree(): TreeView {
    return this.#frontEnd.tree;
  }

  /**
   * One cycle, from hints to outputs; everything it does is an event. Never rejects for what a user can cause. It says that
   * all is well or what is not only where `confirm` says that the tree is still what it was made from.
   */
  async cycle(
    trigger: CycleTrigger,
    hints: Hints,
    stop: StopSignals,
    confirm: Confirm = nothingToConfirm,
  ): Promise<CycleReport> {
    const { clock, emit } = this.#ports;
    const started = clock.elapsed();
    emit({ kind: 'cycle-started', trigger });
    this.#isCycling = true;
    this.#built = undefined;
    const result = await this.#run(hints, stop, confirm).catch((error: unknown) => fail(internalFailure(error)));
    this.#isCycling = false;
    const ms = clock.elapsed() - started;
    if (!result.ok) emit({ kind: 'failure', failure: result.failure });
    const done = result.ok ? result.value : { ...nothingDone, outcome: 'failed' as const, waitedMs: 0 };
    emit({
      kind: 'cycle-finished',
      outcome: done.outcome,
      rebuilt: done.phase.rebuilt,
      cutOff: done.phase.cutOff,
      failed: done.failed,
      reused: done.reused,
      ms: rounded(ms),
      ownMs: rounded(Math.max(0, ms - done.waitedMs)),
      outputs: done.outputs,
    });
    const { outcome, outputs } = done;
    const { rebuilt } = done.phase;
    return { outcome, rebuilt, outputs, ...(result.ok ? {} : { failure: result.failure }) };
  }

  async #run(hints: Hints, stop: StopSignals, confirm: Confirm): Promise<Result<CycleWork, Failure>> {
    const { clock, emit } = this.#ports;
    const frontEnd = this.#frontEnd;
    const prepared = await frontEnd.prepare(hints, stop);
    if (!prepared.ok) return prepared;
    let waitedMs = frontEnd.waitedMs;
    if (prepared.value === undefined) return ok({ ...nothingDone, outcome: 'cancelled', waitedMs });
    const { indexed, wanted, store, realiser, blocked } = prepared.value;
    this.#store = store;
    const { toBuild } = frontEnd;
    const steps = [...wanted.compiles, ...wanted.products].map((step) => step.name);
    this.#missingOutputs(store, wanted);
    const isUrgent = (): boolean => this.#realising === undefined;
    const isBlocked = steps.some((step) => blocked.has(step));
    if (!isBlocked && !steps.some((step) => toBuild.has(step))) {
      // Who has just looked at everything need not do so again.
      if (hints !== 'everything' && !(await confirm(isUrgent))) {
        return ok({ ...nothingDone, outcome: 'cancelled', waitedMs });
      }
      const outputs = this.#link(store, wanted, new Set());
      this.#built = { store, wanted };
      this.#replay(steps, indexed, new Set());
      return ok({ ...nothingDone, outcome: 'up-to-date', reused: steps.length, outputs, waitedMs });
    }

    const realising = clock.elapsed();
    const running = new Set<StepName>();
    // While Nix builds, nobody waits for it.
    let confirmed: Promise<boolean> | undefined;
    const onRunning = (): void => {
      this.#realising = { indexed, steps, running };
      confirmed = confirm(isUrgent);
    };
    const attempt = { indexed, wanted, toBuild, blocked: new Set(blocked.keys()), realiser, emit, stop, running };
    const phase = await realisePhase({ ...attempt, onRunning });
    this.#realising = undefined;
    waitedMs += clock.elapsed() - realising;
    if (!phase.ok) return phase;
    // What is made is not made again, and what was said of it holds.
    const say = (step: StepName): void =>
      this.#warnings.record(step, frontEnd.versionOf(step), phase.value.lines.get(step) ?? []);
    for (const step of phase.value.rebuilt) say(step);
    if (!phase.value.isComplete || !(await (confirmed ?? confirm(isUrgent)))) {
      // The next cycle finds these made, and has to know why what is made from them is not.
      const made = new Set<StepName>(phase.value.rebuilt);
      for (const { name, inputs } of indexed.products.values()) {
        const path = inputs.find((input) => made.has(input));
        if (path !== undefined) toBuild.add(name, { path, change: 'rebuilt' });
      }
      return ok({ ...nothingDone, phase: phase.value, outcome: 'cancelled', waitedMs });
    }

    const { rebuilt, cutOff, failed, unattempted } = phase.value;
    const undone = new Set([...failed, ...unattempted, ...blocked.keys()]);
    frontEnd.done(steps.filter((step) => !undone.has(step)));
    for (const [step, reasons] of phase.value.reasons) for (const reason of reasons) toBuild.add(step, reason);
    const isStep = (step: StepName): boolean => indexed.compiles.has(step) || indexed.products.has(step);
    this.#outputs.record(store, phase.value.outputs, isStep);
    for (const step of failed) say(step);
    this.#warnings.retain({ size: indexed.compiles.size, has: isStep });
    this.#replay(steps, indexed, new Set([...rebuilt, ...failed]));
    const failing = [...failed, ...[...blocked.keys()].filter((step) => steps.includes(step))].sort(bytewise);
    const outputs = this.#link(store, wanted, undone);
    if (failing.length === 0) this.#built = { store, wanted };
    const reused = steps.length - rebuilt.length - cutOff.length - undone.size;
    return ok({
      phase: phase.value,
      outcome: failing.length > 0 ? 'failed' : 'built',
      failed: failing,
      reused: Math.max(0, reused),
      outputs,
      waitedMs,
    });
  }

  /**
   * Whether what runs now is being made from files that the hints name. If not, it is worth finishing: a compile that is
   * thrown away is one to be done again. Where nothing has run yet, nothing is lost. Between two builders it is of what
   * may run next that this is asked: who is told to end just then may have begun that.
   */
  disturbs(hints: Hints): boolean {
    const realising = this.#realising;
    if (realising === undefined || hints === 'everything' || this.tree.isRedefined(hints)) return true;
    const { indexed, steps, running } = realising;
    // Some are about what this very cycle was started for.
    const differing = [...hints].filter((path) => this.tree.look(path) !== 'same');
    const readers = new Set(differing.flatMap((path) => [...this.#frontEnd.readersOf(path)]));
    return [...(running.size > 0 ? running : steps)].some(
      (step) => readers.has(step) || [...indexed.inputsOf(step)].some((input) => readers.has(input)),
    );
  }

  /** For after the first cycle: has ready what the next would wait for. What fails here fails there, and is said there. */
  async warm(): Promise<void> {
    await this.#frontEnd.warm().catch(() => undefined);
  }

  /**
   * Keeps the last build's outputs and remembers the state of things. For after a cycle, when nobody waits, and the end.
   * Returns the result links that lead nowhere, since what they led to was collected before it was kept: the next cycle
   * makes it anew.
   */
  async settle(): Promise<readonly ProjectPath[]> {
    // A root that cannot be made costs a build after the next garbage collection, and no more.
    if (this.#store !== undefined) {
      await this.#outputs.root(this.#store, this.#ports.commands).catch(() => undefined);
    }
    // What a cycle that has begun meanwhile has found out is of no use to the next run, and to be left alone.
    if (this.#isCycling) return [];
    this.save();
    return this.#built === undefined ? [] : this.#outputs.collected(this.#built.store, this.#built.wanted);
  }

  /** Without its memory the next run does more than it has to; nothing else is lost. */
  save(): void {
    const saved = this.#frontEnd.save({ ...this.#outputs.snapshot(), warnings: this.#warnings.entries() });
    this.#tellUnwritten('memory', saved.ok ? undefined : saved.failure);
  }

  #link(store: OpenedStore, wanted: BuildPlan, undone: ReadonlySet<StepName>): readonly Output[] {
    const { outputs, unwritten } = this.#outputs.link(store, wanted, undone);
    this.#tellUnwritten('link', unwritten);
    return outputs;
  }

  /** Where a disk is full, that is so at every save. */
  #tellUnwritten(cost: WriteFailed['cost'], failure: StateFailure | undefined): void {
    const said = this.#unwritten.get(cost);
    if (failure === undefined) this.#unwritten.delete(cost);
    else this.#unwritten.set(cost, failure);
    if (failure === undefined || (said?.path === failure.path && said.problem === failure.problem)) return;
    this.#ports.emit({ kind: 'write-failed', failure, cost });
  }

  /**
   * Targets without an output are to be made, and with them, as far as anyone knows, all that they are made from: said
   * here, objects come as goals of their own, which is what keeps Nix quick where there are many.
   */
  #missingOutputs(store: OpenedStore, wanted: BuildPlan): void {
    const { toBuild } = this.#frontEnd;
    const missing = this.#outputs.missing(store, wanted);
    for (const { step, isKnown } of missing) {
      if (!toBuild.has(step)) toBuild.add(step, { path: step, change: isKnown ? 'missing-output' : 'first-seen' });
    }
    if (missing.length === 0) return;
    for (const { name } of wanted.compiles) {
      if (!toBuild.has(name)) toBuild.add(name, { path: name, change: 'missing-output' });
    }
  }

  /** Warnings of objects that did not have to be compiled hold as much as those that did. */
  #replay(steps: readonly StepName[], { compiles }: IndexedPlan, compiled: ReadonlySet<StepName>): void {
    for (const step of steps) {
      if (compiled.has(step)) continue;
      const version = (): string => this.#frontEnd.versionOf(step);
      for (const diagnostic of this.#warnings.diagnostics(step, version, compiles.get(step)?.directory)) {
        this.#ports.emit({ kind: 'diagnostic', name: step, replayed: true, ...diagnostic } satisfies MakenixEvent);
      }
    }
  }
}

/**
 * Whether no file is known to differ from what the cycle was made from. Never rejects. `isUrgent`: whether nothing but the
 * answer is waited for, at the moment.
 */
export type Confirm = (isUrgent: () => boolean) => Promise<boolean>;

const nothingToConfirm: Confirm = () => Promise.resolve(true);

interface CycleWork {
  readonly phase: PhaseOutcome;
  readonly outcome: CycleFinished['outcome'];
  readonly failed: readonly StepName[];
  readonly reused: number;
  readonly outputs: readonly Output[];
  readonly waitedMs: number;
}

const nothingDone = {
  phase: {
    rebuilt: [],
    cutOff: [],
    failed: [],
    unattempted: [],
    outputs: new Map(),
    reasons: new Map(),
    lines: new Map(),
    isComplete: true,
  },
  failed: [],
  reused: 0,
  outputs: [],
} as const;
