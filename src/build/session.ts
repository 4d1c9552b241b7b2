import type { MakenixEvent, Reason, ReasonChange } from '../model/events.ts';
import type { Failure, ScanFailure } from '../model/failure.ts';
import { projectPath, trustedProjectPath, type ProjectPath, type StepName } from '../model/ids.ts';
import type { BuildPlan, CompileStep, Step } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { Config } from '../plan/config-schema.ts';
import { readConfig } from '../plan/config.ts';
import { ignoreMatcher } from '../plan/ignore.ts';
import { makePlan } from '../plan/plan.ts';
import { diffGraphs } from '../graph/graph-diff.ts';
import { emptyGraph, filesOf, type IncludeGraph, type UnitInputs } from '../graph/include-graph.ts';
import { FileIndex } from '../scan/file-index.ts';
import { unitsToRescan } from '../scan/rescan.ts';
import { scanUnits, type ScanReport } from '../scan/scanner.ts';
import type { SystemFiles } from '../scan/system-files.ts';
import { printExpression, type Expression } from '../nix/expression.ts';
import { Pending } from './pending.ts';
import { indexPlan, type IndexedPlan } from './plan-steps.ts';
import { definitionOf, type ProjectState } from './project-state.ts';
import { openToolchain, toolchainNeeds, type Toolchain } from './toolchain.ts';
import { ignoring, refreshListing, stateDirectory, type Hints, type Ignored, type ListingChange } from './tree.ts';

export const configFile = trustedProjectPath('makenix.json');
const defaultOutput = trustedProjectPath('derivation.nix');

export interface SessionPorts {
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  readonly systemFiles: SystemFiles;
  readonly emit: (event: MakenixEvent) => void;
}

export interface SessionOptions {
  /** Of the command line; it goes before the configuration's. */
  readonly toolchain: 'nixpkgs' | 'host' | undefined;
  /** Used where neither says. */
  readonly defaultToolchain: () => Promise<'nixpkgs' | 'host'>;
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
  readonly #state: ProjectState | undefined;
  #index: FileIndex;
  #listing: ReadonlySet<ProjectPath>;
  /** The tree as `readPlan` saw it, until `prepare` takes it over. */
  #seen: ListingChange;
  /** Hints that no cycle has got round to: one that finds no plan to go by must not lose them. */
  #unseen: Hints = new Set();
  #config: Config | undefined;
  #configText: string | undefined;
  #indexed: IndexedPlan | undefined;
  #toolchain: { readonly needs: string; readonly opened: Toolchain } | undefined;
  #graph: IncludeGraph;
  #expression: Expression | undefined;
  #blocked = new Map<StepName, ScanFailure>();
  #definitions: Map<StepName, string>;
  #fingerprints: Map<StepName, string>;
  #ignored: Ignored = ignoring(defaultOutput, () => false);
  readonly toScan: Pending;
  readonly toBuild: Pending;
  /** Milliseconds spent waiting for the compiler since the last `prepare` began. */
  waitedMs = 0;

  constructor(ports: SessionPorts, options: SessionOptions, state: ProjectState | undefined) {
    this.#ports = ports;
    this.#options = options;
    this.#state = state;
    this.#index = new FileIndex(ports.files, ports.clock, state?.files);
    this.#listing = new Set(state?.listing);
    this.#seen = { listing: this.#listing, appearances: [], directories: false };
    this.#graph = emptyGraph.with(new Map(state?.units));
    this.#definitions = new Map(state?.definitions);
    this.#fingerprints = new Map(state?.fingerprints);
    this.toScan = new Pending(state?.toScan);
    this.toBuild = new Pending(state?.toBuild);
  }

  get config(): Config | undefined {
    return this.#config;
  }

  get output(): ProjectPath {
    return projectPath(this.#config?.output ?? defaultOutput) ?? defaultOutput;
  }

  get fingerprints(): ReadonlyMap<StepName, string> {
    return this.#fingerprints;
  }

  /** Whether a path is none of the watcher's business, as of the last configuration that could be read. */
  readonly ignored = (path: ProjectPath): boolean => this.#ignored(path);

  readersOf(path: ProjectPath): ReadonlySet<StepName> {
    return this.#graph.readersOf(path);
  }

  /**
   * What a hint is about, without taking it in: does the path differ from what was last seen? `unsettled` is a file that
   * vanished or became empty, which is how many editors begin a save.
   */
  look(path: ProjectPath): 'differs' | 'same' | 'unsettled' {
    const { files } = this.#ports;
    if (this.#ignored(path)) return 'same';
    const stamp = files.stat(path);
    const isKnown = this.#listing.has(path) || this.#graph.readersOf(path).size > 0;
    if (stamp === undefined) return isKnown ? 'unsettled' : 'same';
    if (!isKnown) return 'differs';
    if (path === configFile) return files.read(path)?.toString('utf8') === this.#configText ? 'same' : 'differs';
    // A file that nothing reads may be edited at will.
    if (this.#graph.readersOf(path).size === 0 || this.#index.isCurrent(path)) return 'same';
    return stamp.size === 0 ? 'unsettled' : 'differs';
  }

  /** Reads the configuration and makes the plan, without looking at sources: enough to open tools with. */
  readPlan(hints: Hints): Result<IndexedPlan, Failure> {
    const config = this.#readConfig(hints);
    if (!config.ok) return config;
    this.#seen = refreshListing(this.#ports.files, this.#ignored, this.#listing, hints);
    const { listing, appearances } = this.#seen;
    if (this.#indexed !== undefined && !config.value && appearances.length === 0) return ok(this.#indexed);
    const made = makePlan(this.#config, this.#options.projectName, [...listing]);
    return made.ok ? ok(indexPlan(made.value, this.#indexed)) : made;
  }

  async openToolchain(plan: BuildPlan): Promise<Result<Toolchain, Failure>> {
    const kind = this.#options.toolchain ?? this.#config?.toolchain ?? (await this.#options.defaultToolchain());
    const needs = `${kind} ${toolchainNeeds(plan)}`;
    if (this.#toolchain?.needs === needs) return ok(this.#toolchain.opened);
    const opened = await openToolchain(kind, plan, this.#ports.commands, this.#ports.systemFiles);
    if (!opened.ok) return opened;
    const previous = this.#toolchain?.opened.identity ?? this.#state?.compiler;
    if (previous !== undefined && previous !== opened.value.identity) {
      for (const step of this.#graph.units.keys()) this.#mark(step, opened.value.version, 'toolchain');
    }
    this.#toolchain = { needs, opened: opened.value };
    return opened;
  }

  /**
   * Looks at what the hints name, scans what that can have changed, and makes the next graph and expression.
   * Undefined where the signal came first. A `Failure` means that there is no plan; scan failures are in `blocked`.
   */
  async prepare(hints: Hints, signal: AbortSignal): Promise<Result<Prepared | undefined, Failure>> {
    this.waitedMs = 0;
    this.#unseen = mergeAll(this.#unseen, hints);
    const planned = this.readPlan(this.#unseen);
    if (!planned.ok) return planned;
    const indexed = planned.value;
    const toolchain = await this.openToolchain(indexed.plan);
    if (!toolchain.ok) return toolchain;

    const modified = this.#observe(this.#unseen, indexed);
    this.#unseen = new Set();
    this.#comparePlans(indexed);
    const before = this.#graph;
    const scanned = await this.#scan(indexed, toolchain.value, signal);
    if (!scanned.ok) return scanned;
    const { after, touched } = scanned.value;
    if (signal.aborted) return ok(undefined);

    const { added, removed } = diffGraphs(before, after, touched);
    const edited = modified.filter((path) => after.readersOf(path).size > 0);
    if (added.length + removed.length + edited.length > 0) {
      this.#ports.emit({ kind: 'graph-changed', added, removed, changed: edited });
    }
    this.#graph = after;
    this.#fingerprint(indexed, toolchain.value);
    const headers = (step: CompileStep): readonly ProjectPath[] => after.units.get(step.name)?.headers ?? none;
    this.#expression = printExpression(indexed.plan, headers, this.#expression);
    return ok({ indexed, graph: after, expression: this.#expression, toolchain: toolchain.value, blocked: this.#blocked });
  }

  /** What the next run starts from. */
  snapshot(): Pick<
    ProjectState,
    'compiler' | 'listing' | 'files' | 'system' | 'units' | 'definitions' | 'fingerprints' | 'toScan' | 'toBuild'
  > {
    this.#index.retain((path) => this.#graph.readersOf(path).size > 0);
    return {
      compiler: this.#toolchain?.opened.identity ?? this.#state?.compiler ?? '',
      listing: this.#listing,
      files: this.#index.entries(),
      system: this.#ports.systemFiles.entries(),
      units: this.#graph.units,
      definitions: this.#definitions,
      fingerprints: this.#fingerprints,
      toScan: this.toScan.entries(),
      toBuild: this.toBuild.entries(),
    };
  }

  /** The contents' hashes of what an object reads, as one string: two builds of one version are the same. */
  versionOf(step: StepName): string {
    const unit = this.#graph.units.get(step);
    const hashes = unit === undefined ? [] : filesOf(unit).map((file) => this.#index.get(file)?.hash ?? '-');
    return [this.#definitions.get(step) ?? '', this.#fingerprints.get(step) ?? '', ...hashes].join(' ');
  }

  /** The answer says whether it changed. A configuration that cannot be read leaves the last one in force. */
  #readConfig(hints: Hints): Result<boolean, Failure> {
    const isFirst = this.#indexed === undefined;
    if (!isFirst && hints !== 'everything' && !hints.has(configFile)) return ok(false);
    const text = this.#ports.files.read(configFile)?.toString('utf8');
    if (!isFirst && text === this.#configText) return ok(false);
    if (text === undefined) this.#config = undefined;
    else {
      const config = readConfig(configFile, text);
      if (!config.ok) return config;
      this.#config = config.value;
    }
    this.#configText = text;
    this.#ignored = ignoring(this.output, ignoreMatcher(this.#config?.ignore ?? []));
    return ok(true);
  }

  /** Turns hints into facts, and facts into steps to scan and to build. Returns the files whose contents changed. */
  #observe(hints: Hints, indexed: IndexedPlan): readonly ProjectPath[] {
    const { listing, appearances, directories } = this.#seen;
    const graph = this.#graph;
    const known = hints === 'everything' ? this.#index.paths() : [...hints].filter((path) => graph.readersOf(path).size > 0);
    const changes = this.#index.refresh([...known]);
    const contents = changes.filter(({ before, after }) => before !== undefined && after !== undefined);
    // An input that is listed nowhere (in an ignored directory) is missed here and nowhere else.
    const listed = new Set(appearances.map(({ path }) => path));
    const vanished = changes
      .filter(({ path, after }) => after === undefined && !listed.has(path))
      .map(({ path }) => ({ path, change: 'removed' as const }));
    const rescan = unitsToRescan(
      { contents, appearances: [...appearances, ...vanished], directories },
      graph,
      this.#index,
      indexed.compiles,
    );
    for (const { step, path, change } of rescan) this.toScan.add(step, { path, change });
    for (const { path } of contents) {
      for (const step of graph.readersOf(path)) this.toBuild.add(step, { path, change: 'modified' });
    }
    this.#listing = listing;
    return contents.map(({ path }) => path);
  }

  /** New and redefined steps are to be made; steps that are gone are forgotten. */
  #comparePlans(indexed: IndexedPlan): void {
    if (indexed === this.#indexed) return;
    const definitions = new Map<StepName, string>();
    for (const step of [...indexed.compiles.values(), ...indexed.products.values()] as readonly Step[]) {
      const definition = definitionOf(step);
      definitions.set(step.name, definition);
      const known = this.#definitions.get(step.name);
      if (known === definition) continue;
      const reason = whyRedefined(step, known, this.#definitions.size === 0);
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
    for (const step of this.#blocked.keys()) if (!isStep(step)) this.#blocked.delete(step);
    this.#definitions = definitions;
    this.#indexed = indexed;
  }

  async #scan(
    indexed: IndexedPlan,
    toolchain: Toolchain,
    signal: AbortSignal,
  ): Promise<Result<{ readonly after: IncludeGraph; readonly touched: readonly StepName[] }, Failure>> {
    const { emit, clock, commands, files } = this.#ports;
    const changes = new Map<StepName, UnitInputs | undefined>();
    for (const step of this.#graph.units.keys()) if (!indexed.compiles.has(step)) changes.set(step, undefined);
    const steps = this.toScan.steps().flatMap((name) => indexed.compiles.get(name) ?? []);
    if (steps.length > 0) {
      const started = clock.elapsed();
      const reports: ScanReport[] = [];
      const onReport = (report: ScanReport): void => {
        reports.push(report);
        const { step, result, ms } = report;
        const because = this.toScan.reasons(step.name);
        emit({ kind: result.ok ? 'unit-scanned' : 'unit-failed', source: step.source, ms, because });
        if (!result.ok) emit({ kind: 'failure', failure: result.failure });
      };
      const scanned = await scanUnits(steps, toolchain.scan, files, commands, { jobs: this.#options.jobs, signal, onReport });
      this.waitedMs += clock.elapsed() - started;
      if (!scanned.ok) return fail(scanned.failure);
      if (signal.aborted) return ok({ after: this.#graph, touched: [] });
      for (const report of reports) this.#settle(report, changes);
    }
    const after = changes.size === 0 ? this.#graph : this.#graph.with(changes);
    this.#index.refresh([...changes.values()].flatMap((unit) => (unit === undefined ? [] : filesOf(unit))));
    return ok({ after, touched: [...changes.keys()] });
  }

  /** Takes over one scan's answer; a unit that failed stays to be scanned again. */
  #settle({ step, result, inputs }: ScanReport, changes: Map<StepName, UnitInputs | undefined>): void {
    const old = this.#graph.units.get(step.name);
    const isSame = old !== undefined && sameList(old.headers, inputs.headers) && old.source === inputs.source;
    if (!isSame) {
      const before = new Set(old?.headers);
      const now = new Set(inputs.headers);
      for (const path of now) if (old !== undefined && !before.has(path)) this.toBuild.add(step.name, { path, change: 'added' });
      for (const path of before) if (!now.has(path)) this.toBuild.add(step.name, { path, change: 'removed' });
    }
    // The same lists as before stay the same objects: the expression keeps the stanza by identity.
    const headers = isSame ? old.headers : inputs.headers;
    const system = old !== undefined && sameList(old.system, inputs.system) ? old.system : inputs.system;
    if (!isSame || system !== old.system) changes.set(step.name, { source: inputs.source, headers, system });
    if (result.ok) {
      this.toScan.done(step.name);
      this.#blocked.delete(step.name);
    } else {
      this.#blocked.set(step.name, result.failure);
      this.toBuild.add(step.name, { path: step.source, change: 'first-seen' });
    }
  }

  /** An object whose system headers differ from those it was built with is to be built again. */
  #fingerprint(indexed: IndexedPlan, toolchain: Toolchain): void {
    const fingerprints = new Map<StepName, string>();
    for (const name of indexed.compiles.keys()) {
      const digest = toolchain.headerFingerprint(this.#graph.units.get(name)?.system ?? none);
      if (digest === undefined) continue;
      const known = this.#fingerprints.get(name);
      if (known !== undefined && known !== digest && !this.toBuild.has(name)) {
        this.toBuild.add(name, { path: toolchain.version, change: 'toolchain' });
      }
      fingerprints.set(name, digest);
    }
    this.#fingerprints = fingerprints;
  }

  #mark(step: StepName, path: string, change: ReasonChange): void {
    this.toScan.add(step, { path, change });
    this.toBuild.add(step, { path, change });
  }
}

function whyRedefined(step: Step, known: string | undefined, isFirstRun: boolean): Reason {
  if (known !== undefined) return { path: configFile, change: 'flags' };
  const path = step.kind === 'compile' ? step.source : step.name;
  return { path, change: isFirstRun ? 'first-seen' : 'added' };
}

const mergeAll = (a: Hints, b: Hints): Hints =>
  a === 'everything' || b === 'everything' ? 'everything' : new Set([...a, ...b]);

const none: readonly never[] = [];

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

export const stateFile = trustedProjectPath(`${stateDirectory}/state.json`);
export const hostExpressionFile = trustedProjectPath(`${stateDirectory}/host.nix`);

