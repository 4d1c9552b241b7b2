import type { CycleFinished, CycleTrigger, MakenixEvent, Output } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { trustedProjectPath, type ProjectPath, type StepName } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { ProjectFiles } from '../host/ports.ts';
import { changedStanzas } from '../nix/expression.ts';
import type { StopSignals } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';
import { selectTargets } from '../plan/select.ts';
import { rounded } from './milliseconds.ts';
import { hostExpressionFile, StoreKeeper, type StoreOptions } from './store-keeper.ts';
import { OutputBook } from './output-book.ts';
import { decodeState, encodeState, type ProjectState } from './project-state.ts';
import { realisePhase, type PhaseOutcome } from './realise-phase.ts';
import type { IndexedPlan } from './plan-steps.ts';
import { Session, type Prepared, type SessionOptions, type SessionPorts } from './session.ts';
import type { Toolchain } from './toolchain.ts';
import { stateDirectory, type Hints } from './tree.ts';
import { TextFiles } from './text-files.ts';
import { configFile } from './tree-view.ts';
import { WarningBook } from './warning-book.ts';

export interface BuilderOptions extends Omit<SessionOptions, 'openStore'>, StoreOptions {
  readonly targets: readonly string[];
  /** Files of a store that is a directory of this machine. */
  readonly openFiles: (directory: string) => ProjectFiles;
}

export interface OpenedTools {
  readonly store: OpenedStore;
  readonly toolchain: Toolchain;
}

export interface CycleReport {
  readonly outcome: CycleFinished['outcome'];
  readonly outputs: readonly Output[];
  /** Why there was nothing to build with, if so. */
  readonly failure?: Failure;
}

/** One project's build: cycles, one at a time, over what is remembered between them. */
export class Builder {
  readonly #ports: SessionPorts;
  readonly #options: BuilderOptions;
  readonly #warnings: WarningBook;
  readonly session: Session;
  readonly #stores: StoreKeeper;
  readonly #outputs: OutputBook;
  readonly #texts: TextFiles;
  /** What Nix is busy with, while it is. */
  #realising: { readonly indexed: IndexedPlan; readonly running: ReadonlySet<StepName> } | undefined;

  constructor(ports: SessionPorts, options: BuilderOptions, state: ProjectState | undefined) {
    this.#ports = ports;
    this.#options = options;
    this.#stores = new StoreKeeper(ports, options, () => this.session.tree);
    const openStore: SessionOptions['openStore'] = async (toolchain) => {
      const opened = await this.#stores.open(toolchain);
      return opened.ok ? ok(opened.value.store) : opened;
    };
    this.session = new Session(ports, { ...options, openStore }, state);
    this.#warnings = new WarningBook(state?.warnings);
    this.#outputs = new OutputBook(ports.files, options.openFiles, state);
    this.#texts = new TextFiles(ports.files);
  }

  /** Finds the compiler, Nix and the store, which a cycle does by itself: for those who want to say so beforehand. */
  async open(): Promise<Result<OpenedTools, Failure>> {
    const planned = this.session.readPlan('everything');
    const plan: BuildPlan = planned.ok ? planned.value.plan : { project: '', targets: [], compiles: [], products: [] };
    const toolchain = await this.session.openToolchain(plan);
    if (!toolchain.ok) return toolchain;
    const opened = await this.#stores.open(toolchain.value.kind);
    return opened.ok ? ok({ store: opened.value.store, toolchain: toolchain.value }) : opened;
  }

  /** Brings `derivation.nix` up to date with the tree. Undefined where the signal came first. */
  async generate(hints: Hints, signal: AbortSignal): Promise<Result<Prepared | undefined, Failure>> {
    const prepared = await this.session.prepare(hints, signal);
    if (!prepared.ok || prepared.value === undefined) return prepared;
    const { expression } = prepared.value;
    const output = this.session.tree.output;
    const isFirst = this.#texts.last(output) === undefined;
    const before = isFirst ? this.#ports.files.read(output)?.toString('utf8') : undefined;
    const written = this.#texts.write(output, expression.text);
    if (!written.ok) return written;
    if (written.value) {
      // The first expression of a run has none to compare with but the file's.
      const changed = isFirst ? changedStanzas(expression, before ?? '') : expression.changed;
      this.#ports.emit({ kind: 'stanzas-written', changed, unchanged: expression.stanzas.size - changed.length });
    }
    return prepared;
  }

  /** Whether the generated expression is what the tree gives; nothing is written. */
  async check(
    signal: AbortSignal,
  ): Promise<Result<{ readonly prepared: Prepared; readonly current: string | undefined } | undefined, Failure>> {
    const prepared = await this.session.prepare('everything', signal);
    if (!prepared.ok || prepared.value === undefined) return prepared.ok ? ok(undefined) : prepared;
    const current = this.#ports.files.read(this.session.tree.output)?.toString('utf8');
    return ok({ prepared: prepared.value, current });
  }

  /** One cycle, from hints to outputs; everything it does is an event. Never rejects for what a user can cause. */
  async cycle(trigger: CycleTrigger, hints: Hints, stop: StopSignals): Promise<CycleReport> {
    const { clock, emit } = this.#ports;
    const started = clock.elapsed();
    emit({ kind: 'cycle-started', trigger });
    const result = await this.#run(hints, stop).catch((error: unknown) => fail(internalFailure(error)));
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
    return { outcome: done.outcome, outputs: done.outputs, ...(result.ok ? {} : { failure: result.failure }) };
  }

  async #run(hints: Hints, stop: StopSignals): Promise<Result<CycleWork, Failure>> {
    const { clock, emit } = this.#ports;
    const generated = await this.generate(hints, stop.abort);
    if (!generated.ok) return generated;
    const prepared = generated.value;
    let waitedMs = this.session.waitedMs;
    if (prepared === undefined) return ok({ ...nothingDone, outcome: 'cancelled', waitedMs });
    const { indexed, toolchain, blocked } = prepared;
    const selected = selectTargets(indexed.plan, this.#options.targets);
    if (!selected.ok) return selected;
    const wanted = selected.value;

    const opening = clock.elapsed();
    const opened = await this.#stores.open(toolchain.kind);
    waitedMs += clock.elapsed() - opening;
    if (!opened.ok) return opened;
    const { store, realiser } = opened.value;
    const hostExpression = toolchain.hostExpression(this.session.fingerprints, store.settings.addressing);
    if (hostExpression !== undefined) {
      const written = this.#writeState(hostExpressionFile, hostExpression);
      if (!written.ok) return written;
    }

    const { toBuild } = this.session;
    const steps = [...wanted.compiles, ...wanted.products].map((step) => step.name);
    this.#missingOutputs(store, wanted);
    const isBlocked = steps.some((step) => blocked.has(step));
    if (!isBlocked && !steps.some((step) => toBuild.has(step))) {
      const outputs = this.#outputs.link(store, wanted, new Set());
      this.#replay(steps, new Set());
      return ok({ ...nothingDone, outcome: 'up-to-date', reused: steps.length, outputs, waitedMs });
    }

    const realising = clock.elapsed();
    const running = new Set<StepName>();
    this.#realising = { indexed, running };
    const attempt = { indexed, wanted, toBuild, blocked: new Set(blocked.keys()), realiser, emit, stop, running };
    const phase = await realisePhase(attempt);
    this.#realising = undefined;
    waitedMs += clock.elapsed() - realising;
    if (!phase.ok) return phase;
    if (!phase.value.isComplete) return ok({ ...nothingDone, phase: phase.value, outcome: 'cancelled', waitedMs });

    const { rebuilt, cutOff, failed, unattempted } = phase.value;
    const undone = new Set([...failed, ...unattempted, ...blocked.keys()]);
    for (const step of steps) if (!undone.has(step)) toBuild.done(step);
    for (const [step, reasons] of phase.value.reasons) for (const reason of reasons) toBuild.add(step, reason);
    const isStep = (step: StepName): boolean => indexed.compiles.has(step) || indexed.products.has(step);
    this.#outputs.record(store, phase.value.outputs, isStep);
    for (const step of [...rebuilt, ...failed]) {
      this.#warnings.record(step, this.session.versionOf(step), phase.value.lines.get(step) ?? []);
    }
    this.#replay(steps, new Set([...rebuilt, ...failed]));
    const failing = [...failed, ...[...blocked.keys()].filter((step) => steps.includes(step))].sort(bytewise);
    const outputs = this.#outputs.link(store, wanted, undone);
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
   * thrown away is one to be done again. Where nothing runs yet, nothing is lost.
   */
  disturbs(hints: Hints): boolean {
    const realising = this.#realising;
    if (realising === undefined || realising.running.size === 0) return true;
    if (hints === 'everything' || hints.has(configFile)) return true;
    // Some are about what this very cycle was started for.
    const differing = [...hints].filter((path) => this.session.tree.look(path) !== 'same');
    const readers = new Set(differing.flatMap((path) => [...this.session.readersOf(path)]));
    return [...realising.running].some(
      (step) => readers.has(step) || [...realising.indexed.inputsOf(step)].some((input) => readers.has(input)),
    );
  }

  /** Keeps the last build's outputs and remembers the state of things. For after a cycle, when nobody waits. */
  async settle(): Promise<void> {
    const store = this.#stores.current;
    // A root that cannot be made costs a build after the next garbage collection, and no more.
    if (store !== undefined) await this.#outputs.root(store, this.#ports.commands).catch(() => undefined);
    this.save();
  }

  /** Without its memory the next run scans again; nothing else is lost, and a read-only tree is no reason to fail. */
  save(): void {
    const state = encodeState({
      ...this.session.snapshot(),
      ...this.#outputs.snapshot(),
      warnings: this.#warnings.entries(),
    });
    this.#writeState(stateFile, state);
  }

  #writeState(path: ProjectPath, text: string): Result<boolean, Failure> {
    const ignored = this.#texts.write(trustedProjectPath(`${stateDirectory}/.gitignore`), '*\n');
    return ignored.ok ? this.#texts.write(path, text) : ignored;
  }

  /**
   * Targets without an output are to be made, and with them, as far as anyone knows, all that they are made from: said
   * here, objects come as goals of their own, which is what keeps Nix quick where there are many.
   */
  #missingOutputs(store: OpenedStore, wanted: BuildPlan): void {
    const { toBuild } = this.session;
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
  #replay(steps: readonly StepName[], compiled: ReadonlySet<StepName>): void {
    for (const step of steps) {
      if (compiled.has(step)) continue;
      for (const diagnostic of this.#warnings.diagnostics(step, () => this.session.versionOf(step))) {
        this.#ports.emit({ kind: 'diagnostic', name: step, replayed: true, ...diagnostic } satisfies MakenixEvent);
      }
    }
  }
}

/** A bug of ours. It costs a cycle, not the daemon. */
const internalFailure = (error: unknown): Failure => ({
  kind: 'internal',
  problem: error instanceof Error ? (error.stack ?? error.message) : String(error),
});

const stateFile = trustedProjectPath(`${stateDirectory}/state.json`);

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

/** What the last run left, if it can be read. */
export function readState(files: ProjectFiles): ProjectState | undefined {
  const text = files.read(stateFile)?.toString('utf8');
  return text === undefined ? undefined : decodeState(text);
}
