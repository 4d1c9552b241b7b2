import type { Failure, StateFailure } from '../model/failure.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { createCliRealiser } from '../nix/cli-realiser.ts';
import { expressionGoals, type ExpressionSource } from '../nix/expression-goals.ts';
import { changedStanzas } from '../nix/expression.ts';
import type { PlanDerivations } from '../nix/plan-derivations.ts';
import type { Realiser, StopSignals } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';
import { printCompileDatabase } from '../plan/compile-database.ts';
import { selectTargets } from '../plan/select.ts';
import type { Staleness } from '../plan/staleness.ts';
import { findObjects, type BuiltObjects } from './built-objects.ts';
import type { BuildResults, FrontEnd, OpenedTools, Ready } from './front-end.ts';
import type { DaemonEngine, FilesRead } from './daemon-engine.ts';
import { checkDerivations, type CheckedDerivations } from './derivation-check.ts';
import { DerivationGuard } from './derivation-guard.ts';
import type { HeadStart } from './head-start.ts';
import type { Pending } from './pending.ts';
import type { IndexedPlan } from './plan-steps.ts';
import { encodeState, type ProjectState } from './project-state.ts';
import type { OnReady } from './ready-unit.ts';
import { Session, type Prepared, type SessionOptions, type SessionPorts } from './session.ts';
import { engineFile, hostExpressionFiles, StateFiles, stateFiles } from './state-files.ts';
import { StoreKeeper, type StoreOptions } from './store-keeper.ts';
import { TextFiles } from './text-files.ts';
import type { Toolchain } from './toolchain.ts';
import type { Hints } from './tree.ts';
import type { TreeView } from './tree-view.ts';

export interface FrontEndOptions extends Omit<SessionOptions, 'openStore'>, StoreOptions {
  readonly targets: readonly string[];
  /** What builds where it can; undefined has `nix build` do it all. */
  readonly engine?: DaemonEngine | undefined;
  /** Has Nix make derivations too, before those of the engine are built. */
  readonly isParanoid?: boolean;
}

/** What the generated file should be, and what it is; undefined where it is not there. */
export interface Checked {
  readonly prepared: Prepared;
  readonly current: string | undefined;
}

/** The targets asked for, of a plan. */
interface Wanted {
  readonly plan: BuildPlan;
  readonly selected: ReturnType<typeof selectTargets>;
  /** That they need. */
  readonly objects: ReadonlySet<StepName>;
}

/** makenix asks the compiler what each object reads, and writes an expression that says so. */
export class ExpressionFrontEnd implements FrontEnd {
  readonly #ports: SessionPorts;
  readonly #targets: readonly string[];
  readonly #stores: StoreKeeper;
  readonly #texts: TextFiles;
  readonly #state: StateFiles;
  readonly #engine: DaemonEngine | undefined;
  readonly #guard: DerivationGuard | undefined;
  #realiser: { readonly store: OpenedStore; readonly realiser: Realiser } | undefined;
  #database: { readonly indexed: IndexedPlan; readonly toolchain: Toolchain; readonly text: string } | undefined;
  #wanted: Wanted | undefined;
  #openingMs = 0;
  /** What was last prepared. */
  #last: { readonly store: OpenedStore; readonly prepared: Prepared } | undefined;
  readonly session: Session;

  constructor(ports: SessionPorts, options: FrontEndOptions, state: ProjectState | undefined) {
    this.#ports = ports;
    this.#targets = options.targets;
    this.#stores = new StoreKeeper(ports.commands, options, () => this.tree.config);
    this.session = new Session(ports, { ...options, openStore: (toolchain) => this.#stores.open(toolchain) }, state);
    this.#texts = new TextFiles(ports.files);
    this.#state = new StateFiles(this.#texts);
    this.#engine = options.engine;
    this.#guard = options.isParanoid === true ? new DerivationGuard(ports) : undefined;
  }

  get tree(): TreeView {
    return this.session.tree;
  }

  get toBuild(): Pending {
    return this.session.toBuild;
  }

  get staleness(): Staleness {
    return this.session.staleness;
  }

  get waitedMs(): number {
    return this.session.waitedMs + this.#openingMs;
  }

  readersOf(path: ProjectPath): ReadonlySet<StepName> {
    return this.session.readersOf(path);
  }

  versionOf(step: StepName): string {
    return this.session.versionOf(step);
  }

  done(steps: readonly StepName[]): void {
    for (const step of steps) this.toBuild.done(step);
  }

  async open(): Promise<Result<OpenedTools, Failure>> {
    const planned = this.session.readPlan('everything');
    const plan: BuildPlan = planned.ok ? planned.value.plan : { project: '', targets: [], compiles: [], products: [] };
    // The compiler and Nix are asked at the same time, where the one does not come out of the other's store.
    const ahead = this.session.toolchainKind === 'host' ? this.#stores.open('host') : undefined;
    const toolchain = await this.session.openToolchain(plan);
    if (!toolchain.ok) return toolchain;
    const store = await (ahead ?? this.#stores.open(toolchain.value.kind));
    return store.ok ? ok({ store: store.value, toolchain: toolchain.value }) : store;
  }

  async prepare(hints: Hints, stop: StopSignals): Promise<Result<Ready | undefined, Failure>> {
    this.#openingMs = 0;
    // Who doubts our derivations wants them looked at before anything is built.
    const headStart = this.#guard === undefined ? this.#engine?.headStart(this.#filesRead, stop.abort) : undefined;
    const generated = await this.generate(hints, stop.abort, headStart && this.#offering(headStart));
    if (!generated.ok) {
      headStart?.end();
      return generated;
    }
    const prepared = generated.value;
    if (prepared === undefined) return ok(undefined);
    const { indexed, toolchain, blocked } = prepared;
    const wanted = this.#wantedOf(indexed.plan);
    if (!wanted.selected.ok) return wanted.selected;
    const opening = this.#ports.clock.elapsed();
    const store = await this.#stores.open(toolchain.kind);
    this.#openingMs = this.#ports.clock.elapsed() - opening;
    if (!store.ok) return store;
    const hostExpression = toolchain.hostExpression({
      addressing: store.value.settings.addressing,
      fingerprints: this.session.fingerprints,
    });
    if (hostExpression !== undefined) {
      const written = this.#state.write(hostExpressionFiles.expression, hostExpression);
      if (!written.ok) return written;
    }
    this.#last = { store: store.value, prepared };
    const realiser = this.#realiserFor(store.value, prepared, headStart);
    return ok({ indexed, wanted: wanted.selected.value, store: store.value, realiser, blocked });
  }

  /** Brings `derivation.nix` up to date with the tree. Undefined where the signal came first. */
  async generate(hints: Hints, signal: AbortSignal, onReady?: OnReady): Promise<Result<Prepared | undefined, Failure>> {
    const prepared = await this.session.prepare(hints, signal, onReady);
    if (!prepared.ok || prepared.value === undefined) return prepared;
    const { expression } = prepared.value;
    const output = this.tree.output;
    const isFirst = this.#texts.last(output) === undefined;
    const before = isFirst ? this.#ports.files.read(output)?.toString('utf8') : undefined;
    const written = this.#texts.write(output, expression.text);
    if (!written.ok) return written;
    if (written.value) {
      // The first expression of a run has none to compare with but the file's.
      const changed = isFirst ? changedStanzas(expression, before ?? '') : expression.changed;
      this.#ports.emit({ kind: 'stanzas-written', changed, unchanged: expression.stanzas.size - changed.length });
    }
    const database = this.#writeDatabase(prepared.value);
    return database.ok ? prepared : database;
  }

  /** Keeps the compilation database true, where one is wanted. */
  #writeDatabase({ indexed, toolchain }: Prepared): Result<boolean, Failure> {
    const path = this.tree.database;
    if (path === undefined) return ok(false);
    const known = this.#database;
    // Large, and the same in nearly every cycle.
    const isKnown = known?.indexed === indexed && known.toolchain === toolchain;
    const text = isKnown
      ? known.text
      : printCompileDatabase(this.#ports.files.root, indexed.plan.compiles, toolchain.scan);
    this.#database = { indexed, toolchain, text };
    return this.#texts.write(path, text);
  }

  /** Whether the generated expression is what the tree gives; nothing is written. */
  async check(signal: AbortSignal): Promise<Result<Checked | undefined, Failure>> {
    const prepared = await this.session.prepare('everything', signal);
    if (!prepared.ok || prepared.value === undefined) return prepared.ok ? ok(undefined) : prepared;
    const current = this.#ports.files.read(this.tree.output)?.toString('utf8');
    return ok({ prepared: prepared.value, current });
  }

  /**
   * Whether the derivations that are made here of the tree are those that Nix gives; no expression is written. Fails, in words,
   * where there is nothing to compare, or it cannot be. Undefined where the signal came first.
   */
  async checkDerivations(signal: AbortSignal): Promise<Result<CheckedDerivations | undefined, Failure | string>> {
    const engine = this.#engine;
    if (engine === undefined) return fail('--engine cli has Nix make all of them');
    const prepared = await this.session.prepare('everything', signal);
    if (!prepared.ok || prepared.value === undefined) return prepared.ok ? ok(undefined) : prepared;
    const { indexed, toolchain, expression } = prepared.value;
    const { plan } = indexed;
    const store = await this.#stores.open(toolchain.kind);
    if (!store.ok) return store;
    const derived = await engine.derive(store.value, prepared.value, this.#filesRead);
    if (!derived.ok) return derived;
    const { settings } = store.value;
    const { addressing } = settings;
    const text = toolchain.hostExpression({ addressing, fingerprints: this.session.fingerprints });
    const packages = text === undefined ? { searchPath: '<nixpkgs>', addressing } : { text };
    const source = { expression: { text: expression.text }, packages };
    const checked = await checkDerivations(this.#ports, { settings, plan, source, derivations: derived.value }, signal);
    if (signal.aborted) return ok(undefined);
    if (!checked.ok) return checked;
    const { steps, missing } = derived.value;
    return ok({ compared: steps.size, differing: checked.value, missing });
  }

  /** Where the objects of the last build are; undefined where there was none. */
  async builtObjects(stop: StopSignals): Promise<Result<BuiltObjects, Failure> | undefined> {
    const last = this.#last;
    const selected = last && this.#wantedOf(last.prepared.indexed.plan).selected;
    if (last === undefined || selected?.ok !== true) return undefined;
    const realiser = this.#realiserFor(last.store, last.prepared, undefined);
    return findObjects({ ...last, compiles: selected.value.compiles, index: this.tree.index, realiser }, stop);
  }

  async warm(): Promise<void> {
    if (this.#guard?.hasFoundOne === true) return;
    if (this.#last !== undefined) await this.#engine?.warm(this.#last.store, this.#last.prepared);
  }

  async close(): Promise<void> {
    await this.#engine?.close();
  }

  save(results: BuildResults): Result<unknown, StateFailure> {
    const saved = this.#state.write(stateFiles.expression, encodeState({ ...this.session.snapshot(), ...results }));
    const memory = this.#engine?.memory();
    return saved.ok && memory !== undefined ? this.#state.write(engineFile, memory) : saved;
  }

  /** Compiles what is ready, and wanted, while the rest of the cycle is prepared. */
  #offering(headStart: HeadStart): OnReady {
    return (unit, { plan }, toolchain) => {
      const store = this.#stores.known(toolchain.kind);
      if (store !== undefined && this.#wantedOf(plan).objects.has(unit.step.name)) {
        headStart.offer(unit, { store, toolchain, plan });
      }
    };
  }

  #wantedOf(plan: BuildPlan): Wanted {
    if (this.#wanted?.plan === plan) return this.#wanted;
    const selected = selectTargets(plan, this.#targets);
    const objects = new Set(selected.ok ? selected.value.compiles.map(({ name }) => name) : []);
    return (this.#wanted = { plan, selected, objects });
  }

  #realiserFor(store: OpenedStore, prepared: Prepared, headStart: HeadStart | undefined): Realiser {
    const byCommand = this.#commandRealiser(store, prepared.toolchain);
    const [engine, guard] = [this.#engine, this.#guard];
    if (engine === undefined || guard?.hasFoundOne === true) return byCommand;
    const { settings } = store;
    const { plan } = prepared.indexed;
    const source = this.#writtenExpression(store, prepared.toolchain);
    const objection =
      guard &&
      ((derivations: PlanDerivations, signal: AbortSignal): Promise<string | undefined> =>
        guard.objection({ settings, plan, source, derivations }, signal));
    return engine.realiserFor(store, prepared, this.#filesRead, byCommand, { headStart, objection });
  }

  get #filesRead(): FilesRead {
    return {
      nar: (path) => this.tree.index.get(path)?.nar,
      size: (path) => this.tree.index.get(path)?.stamp.size,
      fingerprint: (step) => this.session.fingerprints.get(step),
    };
  }

  #writtenExpression(store: OpenedStore, { kind }: Toolchain): ExpressionSource {
    const { root } = this.#ports.files;
    const packages =
      kind === 'host'
        ? { file: `${root}/${hostExpressionFiles.expression}` }
        : { searchPath: '<nixpkgs>', addressing: store.settings.addressing };
    return { expression: { file: `${root}/${this.tree.output}` }, packages };
  }

  #commandRealiser(store: OpenedStore, toolchain: Toolchain): Realiser {
    if (this.#realiser?.store !== store) {
      const { commands, clock } = this.#ports;
      const goals = expressionGoals(() => this.#writtenExpression(store, toolchain));
      this.#realiser = { store, realiser: createCliRealiser(commands, clock, store.settings, goals) };
    }
    return this.#realiser.realiser;
  }
}
