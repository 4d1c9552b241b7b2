import type { Failure, StateFailure } from '../model/failure.ts';
import type { DrvPath, ProjectPath, StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { isForeign } from '../dynamic/foreign.ts';
import { diffGraphs } from '../graph/graph-diff.ts';
import { emptyGraph, filesOf, type IncludeGraph, type UnitInputs } from '../graph/include-graph.ts';
import { createCliRealiser } from '../nix/cli-realiser.ts';
import { generateDerivations, type GeneratedTarget } from '../nix/generation.ts';
import type { StopSignals } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';
import { makePlan } from '../plan/plan.ts';
import { isSince } from '../scan/file-index.ts';
import { selectTargets } from '../plan/select.ts';
import { current } from '../plan/staleness.ts';
import { derivationReader, derivationsOf, reasonsFor, unitOf } from './derived-steps.ts';
import { DynamicTools, type DynamicParts } from './dynamic-tools.ts';
import type { FrontEndOptions } from './expression-front-end.ts';
import { planFile } from '../plan/definition-files.ts';
import type { BuildResults, FrontEnd, OpenedTools, Ready } from './front-end.ts';
import { rounded } from './milliseconds.ts';
import { Pending } from './pending.ts';
import { indexPlan, type IndexedPlan } from './plan-steps.ts';
import { encodeState, type ProjectState } from './project-state.ts';
import type { SessionPorts } from './session.ts';
import { StateFiles, stateFiles } from './state-files.ts';
import { TextFiles } from './text-files.ts';
import type { Toolchain } from './toolchain.ts';
import type { Hints } from './tree.ts';
import { TreeView } from './tree-view.ts';

/**
 * Nix scans and makes the derivations, in derivations of its own (`../dynamic`). What they say is read from the store:
 * which derivation each step has now, what it is made from, and how that differs from before.
 */
export class DynamicFrontEnd implements FrontEnd {
  readonly #ports: SessionPorts;
  readonly #options: FrontEndOptions;
  readonly #parts: DynamicParts;
  readonly #tools: DynamicTools;
  readonly #state: StateFiles;
  readonly tree: TreeView;
  readonly toBuild: Pending;
  /** It refuses what was imported. */
  readonly staleness = current;
  waitedMs = 0;
  #indexed: IndexedPlan | undefined;
  #isPlanned = false;
  #graph: IncludeGraph;
  /** The derivation of each step, as last made. */
  readonly #derivations: Map<StepName, DrvPath>;
  #compiler: string;

  constructor(ports: SessionPorts, options: FrontEndOptions, parts: DynamicParts, state: ProjectState | undefined) {
    this.#ports = ports;
    this.#options = options;
    this.#parts = parts;
    this.#state = new StateFiles(new TextFiles(ports.files));
    this.#tools = new DynamicTools(ports, options, parts, this.#state, () => this.tree.config);
    this.#graph = emptyGraph.with(new Map(state?.units));
    this.#derivations = new Map(state?.definitions as Iterable<readonly [StepName, DrvPath]> | undefined);
    this.#compiler = state?.compiler ?? '';
    this.toBuild = new Pending(state?.toBuild);
    this.tree = new TreeView(ports.files, ports.clock, (path) => this.#mayBeRead(path), state);
  }

  /** Before the first build, nobody knows what is included and what is not. */
  #mayBeRead(path: ProjectPath): boolean {
    return this.#graph.units.size === 0 ? !isForeign(path) : this.#graph.readersOf(path).size > 0;
  }

  readersOf(path: ProjectPath): ReadonlySet<StepName> {
    return this.#graph.readersOf(path);
  }

  versionOf(step: StepName): string {
    return this.#derivations.get(step) ?? '';
  }

  done(steps: readonly StepName[]): void {
    for (const step of steps) this.toBuild.done(step);
  }

  async open(): Promise<Result<OpenedTools, Failure>> {
    const planned = this.#readPlan('everything');
    const plan: BuildPlan = planned.ok ? planned.value.plan : { project: '', targets: [], compiles: [], products: [] };
    return this.#tools.open(plan);
  }

  async prepare(hints: Hints, stop: StopSignals): Promise<Result<Ready | undefined, Failure>> {
    const { clock, files } = this.#ports;
    this.waitedMs = 0;
    const since = clock.now();
    const planned = this.#readPlan(hints);
    const changes = this.tree.observe();
    this.#isPlanned = planned.ok;
    if (!planned.ok) return planned;
    const indexed = planned.value;
    this.#indexed = indexed;
    // Before Nix reads them: what is written from now on is a change.
    this.tree.index.refresh([...this.tree.listing].filter((path) => this.#mayBeRead(path) && !this.#isKnown(path)));
    const wanted = selectTargets(indexed.plan, this.#options.targets);
    if (!wanted.ok) return wanted;

    const opening = clock.elapsed();
    const opened = await this.#tools.open(indexed.plan);
    if (!opened.ok) return opened;
    const { store, toolchain } = opened.value;
    const packages = await this.#tools.packages(toolchain, indexed.plan);
    this.waitedMs += clock.elapsed() - opening;
    if (!packages.ok) return packages;

    const generating = clock.elapsed();
    const generated = await generateDerivations(this.#ports.commands, clock, store.settings, {
      library: this.#parts.library,
      packages: packages.value,
      root: files.root,
      name: indexed.plan.project,
      targets: wanted.value.targets.map(({ step }) => step),
      signal: stop.abort,
      observe: (observation) => {
        const { stage, drvPath } = observation;
        if (observation.kind === 'started') this.#ports.emit({ kind: 'generator-started', stage, drvPath });
        else {
          const { outcome, ms } = observation;
          this.#ports.emit({ kind: 'generator-finished', stage, drvPath, outcome, ms: rounded(ms) });
        }
      },
    });
    this.waitedMs += clock.elapsed() - generating;
    if (!generated.ok) return generated;
    const targets = generated.value;
    if (targets === undefined) return ok(undefined);
    const edited = changes.contents.map(({ path }) => path);
    this.#takeOver(store, toolchain, indexed, wanted.value, targets, edited, since);
    this.#compiler = toolchain.identity;
    // Of the output of a generator, Nix does not look for what is missing before it begins: 0.1 s for 1,000 objects.
    const installable = (goal: StepName): string => {
      const generator = targets.get(goal)?.generator;
      return generator === undefined ? `${this.#derivations.get(goal) ?? ''}^out` : `${generator}^out^out`;
    };
    const realiser = createCliRealiser(this.#ports.commands, clock, store.settings, (_plan, goals) => ({
      args: ['--stdin'],
      input: goals.map((goal) => `${installable(goal)}\n`).join(''),
    }));
    return ok({ indexed, wanted: wanted.value, store, realiser, blocked: new Map() });
  }

  save(results: BuildResults): Result<unknown, StateFailure> {
    this.tree.index.retain((path) => this.#graph.readersOf(path).size > 0);
    const state = {
      compiler: this.#compiler,
      listing: this.tree.listing,
      links: this.tree.links,
      files: this.tree.index.entries(),
      system: this.#ports.systemFiles.entries(),
      units: this.#graph.units,
      definitions: this.#derivations,
      fingerprints: [],
      toScan: [],
      toBuild: this.toBuild.entries(),
      ...results,
    };
    return this.#state.write(stateFiles.dynamic, encodeState(state));
  }

  async warm(): Promise<void> {
    // Nix does all of it.
  }

  async close(): Promise<void> {
    // Nothing of it outlives a cycle.
  }

  #isKnown(path: ProjectPath): boolean {
    return this.tree.index.get(path) !== undefined;
  }

  #readPlan(hints: Hints): Result<IndexedPlan, Failure> {
    const survey = this.tree.survey(hints);
    if (!survey.ok) return survey;
    if (this.#indexed !== undefined && this.#isPlanned && !survey.value.isNew) return ok(this.#indexed);
    if (this.tree.recorded !== undefined) return fail({ kind: 'dynamic-recorded', file: planFile });
    const made = makePlan({ config: this.tree.config }, this.#options.projectName, [...survey.value.files]);
    return made.ok ? ok(indexPlan(made.value, this.#indexed)) : made;
  }

  /** Reads what Nix has made of the tree, and notes what of it is new and why. */
  #takeOver(
    store: OpenedStore,
    toolchain: Toolchain,
    indexed: IndexedPlan,
    wanted: BuildPlan,
    targets: ReadonlyMap<StepName, GeneratedTarget>,
    edited: readonly ProjectPath[],
    since: number,
  ): void {
    const read = derivationReader(this.#parts.openFiles(store.root ?? '/'));
    const found = derivationsOf(wanted, new Map([...targets].map(([step, { drv }]) => [step, drv])), read);
    const isFirst = this.#derivations.size === 0;
    const units = new Map<StepName, UnitInputs | undefined>();
    for (const step of [...wanted.compiles, ...wanted.products]) {
      const drv = found.get(step.name);
      const known = this.#derivations.get(step.name);
      if (drv === undefined) throw new Error(`${step.name} has no derivation`);
      if (drv === known) continue;
      const derivation = read(drv);
      const before = known === undefined ? undefined : read(known);
      if (step.kind === 'compile' && derivation !== undefined) units.set(step.name, unitOf(step, derivation));
      for (const reason of reasonsFor(step, isFirst, before, derivation, toolchain.version))
        this.toBuild.add(step.name, reason);
      this.#derivations.set(step.name, drv);
    }
    const isStep = (step: StepName): boolean => indexed.compiles.has(step) || indexed.products.has(step);
    for (const step of this.#derivations.keys()) if (!isStep(step)) this.#derivations.delete(step);
    for (const step of this.#graph.units.keys()) if (!indexed.compiles.has(step)) units.set(step, undefined);
    this.toBuild.retain(isStep);

    const before = this.#graph;
    this.#graph = before.with(units);
    const { added, removed } = diffGraphs(before, this.#graph, units.keys());
    const changed = edited.filter((path) => this.#graph.readersOf(path).size > 0);
    if (added.length + removed.length + changed.length > 0) {
      this.#ports.emit({ kind: 'graph-changed', added, removed, changed });
    }
    // Files that are read for the first time: what was written meanwhile is looked at again.
    const inputs = [...units.values()].flatMap((unit) => (unit === undefined ? [] : filesOf(unit)));
    const { index } = this.tree;
    for (const path of index.admit(inputs)) {
      const facts = index.get(path);
      if (facts !== undefined && isSince(facts.stamp, since)) index.forget(path);
    }
  }
}
