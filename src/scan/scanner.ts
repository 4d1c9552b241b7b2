import type { Failure, ScanFailure } from '../model/failure.ts';
import type { ProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { CommandRunner } from '../host/ports.ts';
import type { UnitInputs } from '../graph/include-graph.ts';
import { rulesBySource, runCompiler, type Batch, type CompilerPorts, type ScanCompiler } from './compiler-run.ts';
import type { KnownFiles } from './known-files.ts';
import { endlessIn } from './endless.ts';
import { failedScans, wordsBySource, type Scan } from './failed-scan.ts';
import { noRule, UnitReader, type UnitAnswer } from './unit-reader.ts';

export interface ScanReport extends UnitAnswer {
  readonly ms: number;
}

/**
 * Asks the compiler which files units read: `gcc -M` with each unit's own flags. `-M` and not `-MM`, which leaves out
 * whatever is found through `-isystem`, inside the project too; the files outside the project are told apart here.
 *
 * Units of the same flags share a process (most of a scan is starting it). Where one of them fails, gcc still prints the
 * rules of the others; those that have none are asked about again, one by one where its words are not clearly of one unit each.
 * Resolves early, with the reports so far, once the signal is aborted. A `Failure` means the compiler cannot be run.
 */
export async function scanUnits(
  steps: readonly CompileStep[],
  compiler: ScanCompiler,
  known: KnownFiles,
  commands: CommandRunner,
  options: { readonly jobs: number; readonly signal: AbortSignal; readonly onReport: (report: ScanReport) => void },
): Promise<Result<void, Failure>> {
  const { signal } = options;
  const batches = batchesOf(steps, compiler, options.jobs);
  const ports: CompilerPorts = { compiler, root: known.files.root, commands, signal };
  const scan: Scan = { ports, known, reader: new UnitReader(ports, known) };
  let refusal: Failure | undefined;
  const worker = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      if (signal.aborted || refusal !== undefined) return;
      const scanned = await scanBatch(batch, scan);
      if (!scanned.ok) refusal = scanned.failure;
      else for (const report of scanned.value) options.onReport(report);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, batches.length) }, worker));
  return refusal === undefined ? ok(undefined) : fail(refusal);
}

/** Large enough to save process starts, small enough to keep the jobs evenly busy and the first results early. */
const batchSize = 16;

function batchesOf(steps: readonly CompileStep[], compiler: ScanCompiler, jobs: number): Batch[] {
  const groups = new Map<string, Omit<Batch, 'steps'> & { steps: CompileStep[] }>();
  for (const step of steps) {
    const driver = step.language === 'c' ? compiler.cc : compiler.cxx;
    const flags = [...step.flags, ...compiler.packageFlags(step)];
    const { directory } = step;
    const key = JSON.stringify([driver, flags, directory]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { driver, flags, directory, steps: [step] });
    else group.steps.push(step);
  }
  const size = Math.max(1, Math.min(batchSize, Math.ceil(steps.length / jobs)));
  const batches: Batch[] = [];
  for (const { steps: members, ...batch } of groups.values()) {
    for (let i = 0; i < members.length; i += size) batches.push({ ...batch, steps: members.slice(i, i + size) });
  }
  return batches;
}

async function scanBatch(batch: Batch, scan: Scan): Promise<Result<readonly ScanReport[], Failure>> {
  const { directory } = batch;
  const { ports, known } = scan;
  if (directory !== undefined && !known.files.exists(directory)) {
    return ok(
      batch.steps.map((step) => {
        const { name, source } = step;
        const failure: ScanFailure = { kind: 'directory-missing', step: name, source, directory };
        const inputs: UnitInputs = { source, headers: [], system: [] };
        return { step, result: fail(failure), inputs, ms: 0 };
      }),
    );
  }
  const odd = batch.steps.filter(({ source }) => isUnnameable(source, known));
  if (odd.length > 0) {
    const others = await scanBatch({ ...batch, steps: batch.steps.filter((step) => !odd.includes(step)) }, scan);
    return others.ok ? ok([...others.value, ...odd.map(unnameable)]) : others;
  }
  if (batch.steps.length === 0) return ok([]);
  const run = await runCompiler(batch, ['-M'], ports);
  if (run.ended === 'aborted') return ok([]);
  const [only, ...others] = batch.steps;
  const isAlone = others.length === 0;
  if (run.ended === 'stuck' && only !== undefined && isAlone) return ok([stuck(only, scan.known)]);
  if (run.ended === 'not-found') {
    return fail({ kind: 'tool-missing', tool: batch.driver === ports.compiler.cc ? 'cc' : 'c++', neededBy: 'gcc -MM' });
  }
  const rules = rulesBySource(run.stdout, directory);
  const ms = run.ms / batch.steps.length;
  const reports: ScanReport[] = [];
  const failing: CompileStep[] = [];
  for (const step of batch.steps) {
    const alone = { ...batch, steps: [step] };
    const rule = rules.get(step.source);
    if (rule !== undefined) reports.push({ ...(await scan.reader.read(alone, step, rule)), ms });
    else if (!isAlone || run.exitCode !== 0) failing.push(step);
    else if (run.stdout !== '') reports.push({ ...malformed(step), ms });
    // Assembler that is not preprocessed includes nothing, and gcc then prints nothing.
    else reports.push({ ...(await scan.reader.read(alone, step, noRule)), ms });
    if (isOver(ports)) return ok([]);
  }
  if (failing.length === 0) return ok(reports);
  const together = { ...batch, steps: failing };
  const words =
    isAlone && only !== undefined ? new Map([[only.source, run.stderr]]) : wordsBySource(together, run.stderr);
  const answers = words === undefined ? [] : await failedScans(together, words, scan);
  if (isOver(ports)) return ok([]);
  for (const answer of answers) reports.push({ ...answer, ms });
  for (const step of failing) {
    if (answers.some((answer) => answer.step === step)) continue;
    const again = await scanBatch({ ...batch, steps: [step] }, scan);
    if (!again.ok) return again;
    reports.push(...again.value);
    if (isOver(ports)) return ok([]);
  }
  return ok(reports);
}

/** It changes behind an `await`, which the compiler does not expect of a property. */
const isOver = ({ signal }: CompilerPorts): boolean => signal.aborted;

function stuck(step: CompileStep, known: KnownFiles): ScanReport {
  const { name, source } = step;
  const path = endlessIn(step, known);
  const inputs: UnitInputs = { source, headers: [], system: [] };
  const failure: ScanFailure = { kind: 'scan-stuck', step: name, source, ...(path === undefined ? {} : { path }) };
  return { step, inputs, ms: 0, result: fail(failure) };
}

/** The list of make rules that a compiler prints cannot say it, or it was not read as it is. */
const isUnnameable = (source: ProjectPath, { files }: KnownFiles): boolean =>
  source.includes('\n') || (source.includes('\ufffd') && files.stat(source) === undefined);

/** Some directory that is searched has a line break in its name. */
function malformed(step: CompileStep): UnitAnswer {
  const { name, source } = step;
  const inputs: UnitInputs = { source, headers: [], system: [] };
  return {
    step,
    inputs,
    result: fail({ kind: 'depfile-malformed', step: name, source, problem: 'no rule in its list' }),
  };
}

function unnameable(step: CompileStep): ScanReport {
  const { name, source } = step;
  const inputs: UnitInputs = { source, headers: [], system: [] };
  return { step, inputs, ms: 0, result: fail({ kind: 'name-unusable', step: name, source, path: source }) };
}
