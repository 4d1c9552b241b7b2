import type { MakenixEvent } from '../model/events.ts';
import type { Failure, ScanFailure } from '../model/failure.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import { filesOf, type IncludeGraph, type UnitInputs } from '../graph/include-graph.ts';
import type { FileIndex } from '../scan/file-index.ts';
import type { ScanCompiler } from '../scan/compiler-run.ts';
import type { KnownFiles } from '../scan/known-files.ts';
import { Meanwhile, type CompilerRun } from '../scan/meanwhile.ts';
import { scanUnits, type ScanReport } from '../scan/scanner.ts';
import { rounded } from './milliseconds.ts';
import type { Pending } from './pending.ts';
import type { IndexedPlan } from './plan-steps.ts';

export interface ScanPhase {
  readonly indexed: IndexedPlan;
  /** As it was before; of it, units that are not in the plan are taken out. */
  readonly graph: IncludeGraph;
  readonly index: FileIndex;
  readonly listing: ReadonlySet<ProjectPath>;
  readonly compiler: ScanCompiler;
  /** What is to be scanned; what has been is taken off it. */
  readonly toScan: Pending;
  /** Gains the units that turn out to read other files than before. */
  readonly toBuild: Pending;
  /** Gains the units that could not be scanned, and loses those that now could. */
  readonly blocked: Map<StepName, ScanFailure>;
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  readonly emit: (event: MakenixEvent) => void;
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly memory: {
    recall(step: CompileStep): UnitInputs | undefined;
    record(step: CompileStep, inputs: UnitInputs): void;
  };
  /** Called as soon as it is known what a unit reads, while others are still being scanned. */
  readonly onScanned: (step: CompileStep, inputs: UnitInputs) => void;
}

export interface ScanOutcome {
  /** Undefined where the signal came first: then all is as it was, and still to be scanned. */
  readonly scanned: Scanned | undefined;
  /** Milliseconds spent waiting for the compiler. */
  readonly waitedMs: number;
}

export interface Scanned {
  readonly graph: IncludeGraph;
  /** Units of the graph that are not what they were. */
  readonly touched: readonly StepName[];
  /** Files that were taken in, whether or not some unit reads them after all. */
  readonly admitted: ReadonlySet<ProjectPath>;
  /** Files that units were not read with as they are known; the units are to be scanned again. */
  readonly doubted: ReadonlySet<ProjectPath>;
}

/** A file that is written again and again is one that hints will come of. */
const scanAttempts = 3;

/**
 * Scans what is to be scanned, and again the units of which a file was written meanwhile: what the compiler saw of them
 * and what is remembered must be the same.
 */
export async function scanPhase(phase: ScanPhase): Promise<Result<ScanOutcome, Failure>> {
  const { indexed, graph, toScan, clock, index, memory, signal } = phase;
  /** The last of each unit. */
  const reports = new Map<StepName, ScanReport>();
  const told = new Map<StepName, boolean>();
  const admitted = new Set<ProjectPath>();
  /** What is said of them is taken over, and is to be asked again in the next cycle; with the file that is why. */
  const doubtful = new Map<StepName, ProjectPath>();
  let waitedMs = 0;
  const take = (report: ScanReport): UnitInputs => {
    const unit = unitOf(graph, report);
    reports.set(report.step.name, { ...report, inputs: unit });
    return unit;
  };
  const admit = (paths: readonly ProjectPath[], ofRun = new Set<ProjectPath>()): void => {
    for (const path of index.admit(paths)) {
      ofRun.add(path);
      admitted.add(path);
    }
  };
  // Nobody reads them yet, so that nobody would notice what happens to them.
  const giveUp = (): void => {
    for (const path of admitted) index.forget(path);
  };
  let steps = toScan.steps().flatMap((name): readonly CompileStep[] => {
    const step = indexed.compiles.get(name);
    const inputs = step === undefined ? undefined : memory.recall(step);
    if (step === undefined || inputs === undefined) return step === undefined ? [] : [step];
    const unit = take({ step, inputs, result: ok(inputs), ms: 0 });
    admit(filesOf(unit));
    phase.onScanned(step, unit);
    return [];
  });
  let seen: CompilerRun['seen'] = new Map();
  for (let attempt = 0; steps.length > 0 && attempt < scanAttempts; attempt++) {
    const started = clock.elapsed();
    const run = { sinceMs: clock.now(), admitted: new Set<ProjectPath>(), seen };
    const known: KnownFiles = {
      ...{ files: phase.files, listing: phase.listing },
      factsOf(path) {
        admit([path], run.admitted);
        return index.get(path);
      },
    };
    const meanwhile = new Meanwhile(index, known, run);
    const before = ({ step }: ScanReport): UnitInputs | undefined => graph.units.get(step.name);
    const onReport = (report: ScanReport): void => {
      const unit = take(report);
      admit(filesOf(unit), run.admitted);
      if (report.result.ok) phase.onScanned(report.step, unit);
      // What is missing for a moment is no error.
      else if (meanwhile.look().doubtOf(report, before(report)) !== undefined) return;
      tell(phase, report, told);
    };
    const options = { jobs: phase.jobs, signal, onReport };
    const scanned = await scanUnits(steps, phase.compiler, known, phase.commands, options);
    waitedMs += clock.elapsed() - started;
    if (!scanned.ok) {
      giveUp();
      return fail(scanned.failure);
    }
    if (signal.aborted) break;
    const look = meanwhile.look();
    steps = steps.filter((step) => {
      const report = reports.get(step.name) as ScanReport;
      const doubt = look.doubtOf(report, before(report));
      doubtful.delete(step.name);
      if (doubt === undefined) return false;
      toScan.add(step.name, { path: doubt.path, change: 'modified' });
      doubtful.set(step.name, doubt.path);
      return !doubt.isChanged;
    });
    seen = look.seen;
  }
  if (signal.aborted) {
    giveUp();
    return ok({ scanned: undefined, waitedMs });
  }
  const changes = new Map<StepName, UnitInputs | undefined>();
  for (const step of graph.units.keys()) if (!indexed.compiles.has(step)) changes.set(step, undefined);
  for (const report of reports.values()) {
    const { step, result, inputs } = report;
    tell(phase, report, told);
    settle(phase, report, changes);
    if (!result.ok || doubtful.has(step.name)) continue;
    toScan.done(step.name);
    memory.record(step, inputs);
  }
  const after = changes.size === 0 ? graph : graph.with(changes);
  return ok({
    scanned: { graph: after, touched: [...changes.keys()], admitted, doubted: new Set(doubtful.values()) },
    waitedMs,
  });
}

/** Once a cycle for each unit, unless another attempt ends otherwise. */
function tell({ toScan, emit }: ScanPhase, { step, result, ms }: ScanReport, told: Map<StepName, boolean>): void {
  if (told.get(step.name) === result.ok) return;
  told.set(step.name, result.ok);
  const because = toScan.reasons(step.name);
  emit({ kind: result.ok ? 'unit-scanned' : 'unit-failed', source: step.source, ms: rounded(ms), because });
  if (!result.ok) emit({ kind: 'failure', failure: result.failure });
}

/** What a unit reads. The same lists as before stay the same objects: expression and derivations are kept by identity. */
function unitOf(graph: IncludeGraph, { step, inputs }: ScanReport): UnitInputs {
  const old = graph.units.get(step.name);
  if (old === undefined) return inputs;
  const headers = sameList(old.headers, inputs.headers) ? old.headers : inputs.headers;
  const system = sameList(old.system, inputs.system) ? old.system : inputs.system;
  const isSame = headers === old.headers && system === old.system && inputs.source === old.source;
  return isSame ? old : { source: inputs.source, headers, system };
}

/** Takes over one scan's answer, of which the lists are `unitOf`'s. */
function settle(
  { graph, toBuild, blocked }: ScanPhase,
  { step, result, inputs }: ScanReport,
  changes: Map<StepName, UnitInputs | undefined>,
): void {
  const old = graph.units.get(step.name);
  if (inputs !== old) changes.set(step.name, inputs);
  if (old !== undefined && inputs.headers !== old.headers) {
    const [before, now] = [new Set(old.headers), new Set(inputs.headers)];
    for (const path of now) if (!before.has(path)) toBuild.add(step.name, { path, change: 'added' });
    for (const path of before) if (!now.has(path)) toBuild.add(step.name, { path, change: 'removed' });
  }
  if (result.ok) blocked.delete(step.name);
  else {
    blocked.set(step.name, result.failure);
    toBuild.add(step.name, { path: step.source, change: 'first-seen' });
  }
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
