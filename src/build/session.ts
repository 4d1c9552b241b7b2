import { createHash } from 'node:crypto';
import type { MakenixEvent, ReasonChange, Toolchain as ToolchainKind } from '../model/events.ts';
import type { Failure, ScanFailure } from '../model/failure.ts';
import type { ContentHash, ProjectPath, StepName } from '../model/ids.ts';
import type { BuildPlan, CompileStep } from '../model/plan.ts';
import { ok, type Result } from '../model/result.ts';
import type { Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import { makePlan } from '../plan/plan.ts';
import { current, stalenessOf, type Staleness } from '../plan/staleness.ts';
import { diffGraphs } from '../graph/graph-diff.ts';
import { emptyGraph, filesOf, type IncludeGraph, type UnitInputs } from '../graph/include-graph.ts';
import type { TreeLook } from '../scan/appeared.ts';
import { realPathIn } from '../scan/real-path.ts';
import { unitsToRescan } from '../scan/rescan.ts';
import { ScanMemory } from '../scan/scan-memory.ts';
import type { SystemFiles } from '../scan/system-files.ts';
import { printExpression, type Expression } from '../nix/expression.ts';
import type { OpenedStore } from '../nix/store.ts';
import type { BuildResults } from './front-end.ts';
import { takeFingerprints, type Fingerprints } from './fingerprints.ts';
import { Pending } from './pending.ts';
import { PlanFiles } from './plan-files.ts';
import { indexPlan, type IndexedPlan } from './plan-steps.ts';
import { comparePlan, type Definitions } from './plan-changes.ts';
import type { ProjectState } from './project-state.ts';
import type { Toolchain } from './toolchain.ts';
import { ToolchainKeeper, type ToolchainOptions } from './toolchain-keeper.ts';
import type { Hints } from './tree.ts';
import { configFile, planFile } from '../plan/definition-files.ts';
import type { OnReady } from './ready-unit.ts';
import { scanPhase, type ScanPhase } from './scan-phase.ts';
import { TreeView } from './tree-view.ts';

export interface SessionPorts {
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  readonly systemFiles: SystemFiles;
  readonly emit: (event: MakenixEvent) => void;
}

export interface SessionOptions extends ToolchainOptions {
  /** The store that builds will use. */
  readonly openStore: (toolchain: ToolchainKind) => Promise<Result<OpenedStore, Failure>>;
  readonly jobs: number;
  /** The project's name where no configuration gives one. */
  readonly projectName: string;
}

/** What a cycle knows of the tree once it has looked and scanned. */
export interface Prepared {
  readonly indexed: IndexedPlan;
  readonly graph: IncludeGraph;
  readonly expression: Expression;
  readonly toolchain: Toolchain;
  /** Units that could not be scanned. */
  readonly blocked: ReadonlyMap<StepName, ScanFailure>;
}

/**
 * What lives from cycle to cycle: the tree as last seen, the plan, the include graph, the expression, and what is still
 * to be done. `prepare` brings all of it up to date with the tree; the graph, plan and expression are replaced and never
 * changed, so an abandoned cycle leaves only `toScan` and `toBuild` behind, which the next one works off.
 */
export class Session {
  readonly #ports: SessionPorts;
  readonly #options: SessionOptions;
  readonly tree: TreeView;
  #indexed: IndexedPlan | undefined;
  /** Whether the last look at the tree found a plan to go by; if not, `#indexed` is one from before. */
  #isPlanned = false;
  readonly #toolchains: ToolchainKeeper;
  /** Of the toolchain that the scans were made with. */
  #compiler: string | undefined;
  #graph: IncludeGraph;
  #expression: Expression | undefined;
  #blockedUnits = new Map<StepName, ScanFailure>();
  #definitions: Definitions;
  #planFiles = new PlanFiles();
  readonly #scans = new ScanMemory();
  #fingerprints: Fingerprints;
  readonly toScan: Pending;
  readonly toBuild: Pending;
  /** Milliseconds spent waiting for the compiler since the last `prepare` began. */
  waitedMs = 0;

  constructor(ports: SessionPorts, options: SessionOptions, state: ProjectState | undefined) {
    this.#ports = ports;
    this.#options = options;
    this.#compiler = state?.compiler;
    this.#toolchains = new ToolchainKeeper(
      ports.commands,
      ports.systemFiles,
      options,
      options.openStore,
      () => this.tree.config,
    );
    this.tree = new TreeView(ports.files, ports.clock, (path) => this.#isRead(path), state);
    this.#graph = emptyGraph.with(new Map(state?.units));
    this.#definitions = new Map(state?.definitions);
    this.#fingerprints = new Map(state?.fingerprints);
    this.toScan = new Pending(state?.toScan);
    this.toBuild = new Pending(state?.toBuild);
  }

  get fingerprints(): Fingerprints {
    return this.#fingerprints;
  }

  /** Units that include a file, and products whose linker reads it. */
  readersOf(path: ProjectPath): ReadonlySet<StepName> {
    const products = this.#planFiles.readersOf(path);
    const units = this.#graph.readersOf(path);
    return products === undefined ? units : new Set([...units, ...products]);
  }

  #isRead(path: ProjectPath): boolean {
    return this.#graph.readersOf(path).size > 0 || this.#planFiles.has(path);
  }

  /** What has changed since the build was recorded, as of the last look at the tree. */
  get staleness(): Staleness {
    const { recorded, index } = this.tree;
    return recorded === undefined ? current : stalenessOf(recorded, (path) => index.get(path)?.hash);
  }

  /** Reads the configuration and makes the plan, without looking at sources: enough to open tools with. */
  readPlan(hints: Hints): Result<IndexedPlan, Failure> {
    const survey = this.tree.survey(hints);
    if (!survey.ok) return survey;
    if (this.#indexed !== undefined && this.#isPlanned && !survey.value.isNew) return ok(this.#indexed);
    const { config, recorded } = this.tree;
    const made = makePlan({ config, recorded }, this.#options.projectName, [...survey.value.files]);
    return made.ok ? ok(indexPlan(made.value, this.#indexed)) : made;
  }

  /** Where that is known without asking the machine. */
  get toolchainKind(): ToolchainKind | undefined {
    return this.#toolchains.kind;
  }

  async openToolchain(plan: BuildPlan): Promise<Result<Toolchain, Failure>> {
    const opened = await this.#toolchains.open(plan);
    if (!opened.ok) return opened;
    const { identity, version } = opened.value;
    if (this.#compiler !== undefined && this.#compiler !== identity) {
      for (const step of this.#graph.units.keys()) this.#mark(step, version, 'toolchain');
    }
    this.#compiler = identity;
    return opened;
  }

  /**
   * Looks at what the hints name, scans what that can have changed, and makes the next graph and expression.
   * Undefined where the signal came first. A `Failure` means that there is no plan; scan failures are in `blocked`.
   * `onReady` is told of objects out of date as soon as they can be compiled.
   */
  async prepare(
    hints: Hints,
    signal: AbortSignal,
    onReady: OnReady = () => undefined,
  ): Promise<Result<Prepared | undefined, Failure>> {
    this.waitedMs = 0;
    const planned = this.readPlan(hints);
    // Before anything is waited for, and without a plan too: hints are compared with what was seen here, and what
    // differs makes the watcher start another cycle.
    const modified = this.#observe(planned.ok ? planned.value : this.#indexed);
    this.#isPlanned = planned.ok;
    if (!planned.ok) return planned;
    const indexed = planned.value;
    this.#comparePlans(indexed);
    const toolchain = await this.openToolchain(indexed.plan);
    if (!toolchain.ok) return toolchain;
    const before = this.#graph;
    const { commands, files, clock, emit } = this.#ports;
    const onScanned = (step: CompileStep, { headers, system }: UnitInputs): void => {
      if (!this.toBuild.has(step.name) && before.units.get(step.name)?.headers === headers) return;
      onReady({ step, headers, fingerprint: toolchain.value.headerFingerprint(system) }, indexed, toolchain.value);
    };
    const memory = this.#memoryFor(toolchain.value);
    for (const name of this.toBuild.steps()) {
      const [step, unit] = [indexed.compiles.get(name), before.units.get(name)];
      if (step !== undefined && unit !== undefined && !this.toScan.has(name)) onScanned(step, unit);
    }
    const scanned = await scanPhase({
      ...{ indexed, graph: before, index: this.tree.index, listing: this.tree.listing, compiler: toolchain.value.scan },
      ...{ toScan: this.toScan, toBuild: this.toBuild, blocked: this.#blockedUnits },
      ...{ files, commands, clock, emit, jobs: this.#options.jobs, signal, memory, onScanned },
    });
    if (!scanned.ok) return scanned;
    this.waitedMs += scanned.value.waitedMs;
    // Not the signal: what was taken off what is to be scanned has to be taken over, whoever has called since.
    if (scanned.value.scanned === undefined) return ok(undefined);
    const { graph: after, touched, admitted, doubted } = scanned.value.scanned;
    this.tree.doubt(doubted);
    const withoutFiles = this.#planFiles.withoutFiles(this.tree.index);
    for (const [, failure] of withoutFiles) emit({ kind: 'failure', failure });
    const blocked = new Map<StepName, ScanFailure>([...this.#blockedUnits, ...withoutFiles]);

    const { added, removed } = diffGraphs(before, after, touched);
    const edited = modified.filter((path) => after.readersOf(path).size > 0);
    if (added.length + removed.length + edited.length > 0) {
      this.#ports.emit({ kind: 'graph-changed', added, removed, changed: edited });
    }
    this.#graph = after;
    const left = touched.flatMap((step) => before.units.get(step) ?? []).flatMap(filesOf);
    this.#forgetUnread([...admitted, ...left]);
    this.#fingerprints = takeFingerprints(indexed, after, toolchain.value, this.#fingerprints, this.toBuild);
    const headers = (step: CompileStep): readonly ProjectPath[] => after.units.get(step.name)?.headers ?? none;
    this.#expression = printExpression(indexed.plan, headers, this.#expression);
    return ok({
      indexed,
      graph: after,
      expression: this.#expression,
      toolchain: toolchain.value,
      blocked,
    });
  }

  /** What the next run starts from. */
  snapshot(): Omit<ProjectState, keyof BuildResults> {
    return {
      compiler: this.#compiler ?? '',
      listing: this.tree.listing,
      links: this.tree.links,
      files: this.tree.index.entries(),
      system: this.#ports.systemFiles.entries(),
      units: this.#graph.units,
      definitions: this.#definitions,
      fingerprints: this.#fingerprints,
      toScan: this.toScan.entries(),
      toBuild: this.toBuild.entries(),
    };
  }

  /** A digest of all that an object is made from: two builds of one version are the same. */
  versionOf(step: StepName): string {
    const unit = this.#graph.units.get(step);
    const hashes = unit === undefined ? [] : filesOf(unit).map((file) => this.tree.hash(file) ?? '-');
    const inputs = [this.#definitions.get(step) ?? '', this.#fingerprints.get(step) ?? '', ...hashes];
    return createHash('sha256').update(inputs.join(' ')).digest('hex').slice(0, 20);
  }

  /** What scans have found out in trees of these files, by this compiler. */
  #memoryFor({ identity }: Toolchain): ScanPhase['memory'] {
    const { tree } = this;
    // Asked for where something is scanned, which most cycles do not come to.
    const contextOf = ({ name }: CompileStep): string =>
      [tree.listingDigest, identity, this.#definitions.get(name) ?? ''].join(' ');
    const hashOf = (path: ProjectPath): ContentHash | undefined => tree.index.peek(path)?.hash;
    return {
      recall: (step) => this.#scans.recall(step.name, contextOf(step), hashOf),
      record: (step, inputs) => this.#scans.record(step.name, contextOf(step), inputs, hashOf),
    };
  }

  /** Turns what is new in the tree into steps to scan and to build. Returns the files whose contents changed. */
  #observe(indexed: IndexedPlan | undefined): readonly ProjectPath[] {
    const changes = this.tree.observe();
    const { listing, index } = this.tree;
    const look: TreeLook = { isThere: (path) => listing.has(path), realPath: realPathIn(this.#ports.files) };
    const rescan = unitsToRescan(changes, this.#graph, index, indexed?.compiles ?? new Map(), look);
    // Without a plan nobody knows the flags, and so not the files that they include.
    const [anything] = indexed === undefined ? changes.appearances : [];
    if (anything !== undefined) for (const step of this.#graph.units.keys()) this.toScan.add(step, anything);
    for (const { step, path, change } of rescan) this.toScan.add(step, { path, change });
    // A file that is gone may be back before anybody has scanned without it, and what it held is not remembered.
    const gone = changes.appearances.filter(({ change }) => change === 'removed');
    const modified = changes.contents.map(({ path }) => ({ path, change: 'modified' as const }));
    for (const { path, change } of [...modified, ...gone]) {
      for (const step of this.readersOf(path)) this.toBuild.add(step, { path, change });
    }
    return changes.contents.map(({ path }) => path);
  }

  /** New and redefined steps are to be made; steps that are gone are forgotten. */
  #comparePlans(indexed: IndexedPlan): void {
    if (indexed === this.#indexed) return;
    const definedBy = this.tree.recorded === undefined ? configFile : planFile;
    const { definitions, changes } = comparePlan(indexed, this.#definitions, this.#indexed, definedBy);
    for (const { step, reason } of changes) {
      this.toBuild.add(step.name, reason);
      if (step.kind === 'compile') this.toScan.add(step.name, reason);
    }
    // A remembered definition without its unit is of a cycle that did not get to scan it.
    for (const step of indexed.compiles.keys()) {
      if (!this.#graph.units.has(step)) this.toScan.add(step, { path: step, change: 'first-seen' });
    }
    const isStep = (step: StepName): boolean => definitions.has(step);
    this.toScan.retain(isStep);
    this.toBuild.retain(isStep);
    this.#scans.retain(indexed.compiles);
    for (const step of this.#blockedUnits.keys()) if (!isStep(step)) this.#blockedUnits.delete(step);
    this.#definitions = definitions;
    this.#indexed = indexed;
    const { recorded, index } = this.tree;
    const left = this.#planFiles.all;
    this.#planFiles = new PlanFiles(indexed, recorded);
    index.admit(this.#planFiles.all);
    this.#forgetUnread(left);
  }

  /** Of what nobody reads, nobody hears what becomes of it: it is looked at anew once it is read again. */
  #forgetUnread(paths: Iterable<ProjectPath>): void {
    for (const path of paths) if (!this.#isRead(path)) this.tree.index.forget(path);
  }

  #mark(step: StepName, path: string, change: ReasonChange): void {
    this.toScan.add(step, { path, change });
    this.toBuild.add(step, { path, change });
  }
}

const none: readonly never[] = [];
