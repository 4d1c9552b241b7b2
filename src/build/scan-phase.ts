import type { MakenixEvent } from '../model/events.ts';
import type { Failure, ScanFailure } from '../model/failure.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { ok, type Result } from '../model/result.ts';
import type { Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import { filesOf, withListsOf, type IncludeGraph, type UnitInputs } from '../graph/include-graph.ts';
import { Admissions } from '../scan/admissions.ts';
import type { FileIndex } from '../scan/file-index.ts';
import type { ScanCompiler } from '../scan/compiler-run.ts';
import type { ScanReport } from '../scan/scanner.ts';
import { scanStably } from '../scan/stable-scan.ts';
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

/** Scans what is to be scanned, where it is not remembered, and takes the answers over. */
export async function scanPhase(phase: ScanPhase): Promise<Result<ScanOutcome, Failure>> {
  const { indexed, graph, toScan, index, memory, signal } = phase;
  const told = new Map<StepName, boolean>();
  const admissions = new Admissions(index);
  const recalled: ScanReport[] = [];
  const steps = toScan.steps().flatMap((name) => indexed.compiles.get(name) ?? []);
  const unknown = steps.filter((step) => {
    const known = memory.recall(step);
    if (known === undefined) return true;
    const inputs = withListsOf(graph.units.get(step.name), known);
    recalled.push({ step, inputs, result: ok(inputs), ms: 0 });
    admissions.admit(filesOf(inputs));
    phase.onScanned(step, inputs);
    return false;
  });
  const { listing, compiler, files, commands, clock, jobs } = phase;
  const scanned = await scanStably(unknown, {
    ...{ index, admissions, listing, compiler, files, commands, clock, jobs, signal },
    before: graph.units,
    onTrusted(report) {
      if (report.result.ok) phase.onScanned(report.step, report.inputs);
      tell(phase, report, told);
    },
    onDoubt: (step, path) => toScan.add(step, { path, change: 'modified' }),
  });
  if (!scanned.ok || signal.aborted) admissions.takeBack();
  if (!scanned.ok) return scanned;
  const { reports, doubtful, waitedMs } = scanned.value;
  if (signal.aborted) return ok({ scanned: undefined, waitedMs });
  const changes = new Map<StepName, UnitInputs | undefined>();
  for (const step of graph.units.keys()) if (!indexed.compiles.has(step)) changes.set(step, undefined);
  for (const report of [...recalled, ...reports.values()]) {
    const { step, result, inputs } = report;
    tell(phase, report, told);
    settle(phase, report, changes);
    // What is said of a unit in doubt holds until it is asked again, in the next cycle.
    if (!result.ok || doubtful.has(step.name)) continue;
    toScan.done(step.name);
    memory.record(step, inputs);
  }
  const after = changes.size === 0 ? graph : graph.with(changes);
  const [touched, doubted] = [[...changes.keys()], new Set(doubtful.values())];
  return ok({ scanned: { graph: after, touched, admitted: admissions.paths, doubted }, waitedMs });
}

/** Once a cycle for each unit, unless another attempt ends otherwise. */
function tell({ toScan, emit }: ScanPhase, { step, result, ms }: ScanReport, told: Map<StepName, boolean>): void {
  if (told.get(step.name) === result.ok) return;
  told.set(step.name, result.ok);
  const because = toScan.reasons(step.name);
  emit({ kind: result.ok ? 'unit-scanned' : 'unit-failed', source: step.source, ms: rounded(ms), because });
  if (!result.ok) emit({ kind: 'failure', failure: result.failure });
}

/** Takes over one scan's answer, of which the lists are those of before where they say the same. */
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
