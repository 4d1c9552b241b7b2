import type { MakenixEvent } from '../model/events.ts';
import type { Failure, ScanFailure } from '../model/failure.ts';
import type { StepName } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import { filesOf, type IncludeGraph, type UnitInputs } from '../graph/include-graph.ts';
import type { FileIndex } from '../scan/file-index.ts';
import { scanUnits, type ScanCompiler, type ScanReport } from '../scan/scanner.ts';
import { rounded } from './milliseconds.ts';
import type { Pending } from './pending.ts';
import type { IndexedPlan } from './plan-steps.ts';

export interface ScanPhase {
  readonly indexed: IndexedPlan;
  /** As it was before; of it, units that are not in the plan are taken out. */
  readonly graph: IncludeGraph;
  readonly index: FileIndex;
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
}

export interface ScanOutcome {
  readonly graph: IncludeGraph;
  /** Units of the graph that are not what they were. */
  readonly touched: readonly StepName[];
  /** Milliseconds spent waiting for the compiler. */
  readonly waitedMs: number;
}

/** A file that is written again and again is one that hints will come of. */
const scanAttempts = 3;

/**
 * Scans what is to be scanned, and again the units of which a file was written meanwhile: what the compiler saw of them
 * and what is remembered must be the same. The old graph, with nothing touched, where the signal came first.
 */
export async function scanPhase(phase: ScanPhase): Promise<Result<ScanOutcome, Failure>> {
  const { indexed, graph, toScan, clock, signal } = phase;
  const changes = new Map<StepName, UnitInputs | undefined>();
  for (const step of graph.units.keys()) if (!indexed.compiles.has(step)) changes.set(step, undefined);
  const told = new Map<StepName, boolean>();
  let waitedMs = 0;
  let steps = toScan.steps().flatMap((name) => indexed.compiles.get(name) ?? []);
  for (let attempt = 0; steps.length > 0 && attempt < scanAttempts; attempt++) {
    const [started, since] = [clock.elapsed(), clock.now()];
    const reports: ScanReport[] = [];
    const onReport = (report: ScanReport): void => {
      reports.push(report);
      tell(phase, report, told);
    };
    const options = { jobs: phase.jobs, signal, onReport };
    const scanned = await scanUnits(steps, phase.compiler, phase.files, phase.commands, options);
    waitedMs += clock.elapsed() - started;
    if (!scanned.ok) return fail(scanned.failure);
    if (signal.aborted) return ok({ graph, touched: [], waitedMs });
    for (const report of reports) settle(phase, report, changes);
    const unsteady = phase.index.admit(
      reports.flatMap(({ inputs }) => filesOf(inputs)),
      since,
    );
    const again = reports.filter(({ inputs }) => filesOf(inputs).some((file) => unsteady.has(file)));
    for (const { step } of again) toScan.add(step.name, { path: step.source, change: 'modified' });
    steps = again.map(({ step }) => step);
  }
  return ok({ graph: changes.size === 0 ? graph : graph.with(changes), touched: [...changes.keys()], waitedMs });
}

/** Once a cycle for each unit, unless another attempt ends otherwise. */
function tell({ toScan, emit }: ScanPhase, { step, result, ms }: ScanReport, told: Map<StepName, boolean>): void {
  if (told.get(step.name) === result.ok) return;
  told.set(step.name, result.ok);
  const because = toScan.reasons(step.name);
  emit({ kind: result.ok ? 'unit-scanned' : 'unit-failed', source: step.source, ms: rounded(ms), because });
  if (!result.ok) emit({ kind: 'failure', failure: result.failure });
}

/** Takes over one scan's answer; a unit that failed stays to be scanned again. */
function settle(
  { graph, toScan, toBuild, blocked }: ScanPhase,
  { step, result, inputs }: ScanReport,
  changes: Map<StepName, UnitInputs | undefined>,
): void {
  const old = graph.units.get(step.name);
  const isSame = old !== undefined && sameList(old.headers, inputs.headers) && old.source === inputs.source;
  if (!isSame) {
    const before = new Set(old?.headers);
    const now = new Set(inputs.headers);
    for (const path of now)
      if (old !== undefined && !before.has(path)) toBuild.add(step.name, { path, change: 'added' });
    for (const path of before) if (!now.has(path)) toBuild.add(step.name, { path, change: 'removed' });
  }
  // The same lists as before stay the same objects: the expression keeps the stanza by identity.
  const headers = isSame ? old.headers : inputs.headers;
  const system = old !== undefined && sameList(old.system, inputs.system) ? old.system : inputs.system;
  if (!isSame || system !== old.system) changes.set(step.name, { source: inputs.source, headers, system });
  else changes.delete(step.name);
  if (result.ok) {
    toScan.done(step.name);
    blocked.delete(step.name);
  } else {
    blocked.set(step.name, result.failure);
    toBuild.add(step.name, { path: step.source, change: 'first-seen' });
  }
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
