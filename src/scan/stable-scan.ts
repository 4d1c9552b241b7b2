import type { Failure } from '../model/failure.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import { filesOf, withListsOf, type UnitInputs } from '../graph/include-graph.ts';
import type { Admissions } from './admissions.ts';
import type { ScanCompiler } from './compiler-run.ts';
import type { FileIndex } from './file-index.ts';
import type { KnownFiles } from './known-files.ts';
import { Meanwhile, type CompilerRun } from './meanwhile.ts';
import { scanUnits, type ScanReport } from './scanner.ts';

export interface StableScan {
  readonly index: FileIndex;
  readonly admissions: Admissions;
  readonly listing: ReadonlySet<ProjectPath>;
  readonly compiler: ScanCompiler;
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** What is known of units from before, whatever their names. */
  readonly before: { get(step: StepName): UnitInputs | undefined };
  /** Told of answers that are good, and of failures that are none of a moment. */
  readonly onTrusted: (report: ScanReport) => void;
  /** Told of a file that was saved while a unit was read with it. */
  readonly onDoubt: (step: StepName, path: ProjectPath) => void;
}

export interface StableScanOutcome {
  /** The last of each unit, with the lists of `before` where they say the same. */
  readonly reports: ReadonlyMap<StepName, ScanReport>;
  /** Units of which the last answer is not of their files as they are known; with the file that is why. */
  readonly doubtful: ReadonlyMap<StepName, ProjectPath>;
  /** Milliseconds spent waiting for the compiler. */
  readonly waitedMs: number;
}

/** A file that is written again and again is one that hints will come of. */
const attempts = 3;

/**
 * Scans units, and again those of which a file was written meanwhile: what the compiler saw of them and what is known must
 * be the same. Resolves early once the signal is aborted; what was reported then is not to be relied on.
 */
export async function scanStably(
  units: readonly CompileStep[],
  scan: StableScan,
): Promise<Result<StableScanOutcome, Failure>> {
  const { index, clock, before, signal } = scan;
  const reports = new Map<StepName, ScanReport>();
  const doubtful = new Map<StepName, ProjectPath>();
  let waitedMs = 0;
  let steps = units;
  let seen: CompilerRun['seen'] = new Map();
  for (let attempt = 0; steps.length > 0 && attempt < attempts; attempt++) {
    const started = clock.elapsed();
    const run = { sinceMs: clock.now(), admitted: new Set<ProjectPath>(), seen };
    const admit = (paths: readonly ProjectPath[]): void => {
      for (const path of scan.admissions.admit(paths)) run.admitted.add(path);
    };
    const known: KnownFiles = {
      ...{ files: scan.files, listing: scan.listing },
      factsOf(path) {
        admit([path]);
        return index.get(path);
      },
    };
    const meanwhile = new Meanwhile(index, known, run);
    const onReport = (answer: ScanReport): void => {
      const { name } = answer.step;
      const report = { ...answer, inputs: withListsOf(before.get(name), answer.inputs) };
      reports.set(name, report);
      admit(filesOf(report.inputs));
      // What is missing for a moment is no error.
      if (report.result.ok || meanwhile.look().doubtOf(report, before.get(name)) === undefined) scan.onTrusted(report);
    };
    const scanned = await scanUnits(steps, scan.compiler, known, scan.commands, { jobs: scan.jobs, signal, onReport });
    waitedMs += clock.elapsed() - started;
    if (!scanned.ok) return fail(scanned.failure);
    if (signal.aborted) break;
    const look = meanwhile.look();
    steps = steps.filter(({ name }) => {
      const doubt = look.doubtOf(reports.get(name) as ScanReport, before.get(name));
      doubtful.delete(name);
      if (doubt === undefined) return false;
      scan.onDoubt(name, doubt.path);
      doubtful.set(name, doubt.path);
      return !doubt.isChanged;
    });
    seen = look.seen;
  }
  return ok({ reports, doubtful, waitedMs });
}
