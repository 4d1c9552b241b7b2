import { projectPath, type ProjectPath } from '../model/ids.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Failure, ScanFailure } from '../model/failure.ts';
import { sortedUnique } from '../model/order.ts';
import type { CompileStep } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { CommandResult, CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { UnitInputs } from '../graph/include-graph.ts';
import { fromDirectory } from '../plan/from-directory.ts';
import { parseDepfile, type DepfileRule } from './depfile.ts';
import { parseDiagnosticLine } from './diagnostics.ts';

/** The compiler that answers for includes, and what a sandbox would let it see. */
export interface ScanCompiler {
  /** Absolute paths of the drivers. */
  readonly cc: string;
  readonly cxx: string;
  /** Its whole environment: what a developer has set (CPATH, …) does not reach a sandbox and must not reach the scan. */
  readonly env: Readonly<Record<string, string>>;
  /** Directories outside the project whose files a build may read; each ends in `/`. */
  readonly systemDirectories: readonly string[];
  /** Further arguments a step's packages stand for. */
  packageFlags(step: CompileStep): readonly string[];
}

export interface ScanReport {
  readonly step: CompileStep;
  readonly result: Result<UnitInputs, ScanFailure>;
  /** What the unit is taken to read all the same, where the scan failed; its compile then says what is wrong. */
  readonly inputs: UnitInputs;
  readonly ms: number;
}

/**
 * Asks the compiler which files units read: `gcc -M` with each unit's own flags. `-M` and not `-MM`, which leaves out
 * whatever is found through `-isystem`, inside the project too; the files outside the project are told apart here.
 *
 * Units of the same flags share a process (most of a scan is starting it). Where one of them fails, gcc still prints the
 * rules of the others; those that have none are asked again one by one, for words that are theirs alone.
 * Resolves early, with the reports so far, once the signal is aborted. A `Failure` means the compiler cannot be run.
 */
export async function scanUnits(
  steps: readonly CompileStep[],
  compiler: ScanCompiler,
  files: ProjectFiles,
  commands: CommandRunner,
  options: { readonly jobs: number; readonly signal: AbortSignal; readonly onReport: (report: ScanReport) => void },
): Promise<Result<void, Failure>> {
  const batches = batchesOf(steps, compiler, options.jobs);
  let refusal: Failure | undefined;
  const worker = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      if (options.signal.aborted || refusal !== undefined) return;
      const scanned = await scanBatch(batch, compiler, files, commands, options.signal);
      if (!scanned.ok) refusal = scanned.failure;
      else for (const report of scanned.value) options.onReport(report);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, batches.length) }, worker));
  return refusal === undefined ? ok(undefined) : fail(refusal);
}

interface Batch {
  readonly driver: string;
  readonly flags: readonly string[];
  readonly directory: ProjectPath | undefined;
  readonly steps: readonly CompileStep[];
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

async function scanBatch(
  batch: Batch,
  compiler: ScanCompiler,
  files: ProjectFiles,
  commands: CommandRunner,
  signal: AbortSignal,
): Promise<Result<readonly ScanReport[], Failure>> {
  const { directory } = batch;
  if (directory !== undefined && !files.exists(directory)) {
    return ok(
      batch.steps.map((step) => {
        const { name, source } = step;
        const failure: ScanFailure = { kind: 'directory-missing', step: name, source, directory };
        return { step, result: fail(failure), inputs: { source, headers: [], system: [] }, ms: 0 };
      }),
    );
  }
  const run = await runCompiler(batch, ['-M'], compiler, files, commands, signal);
  if (run.ended === 'aborted') return ok([]);
  if (run.ended === 'not-found') {
    return fail({ kind: 'tool-missing', tool: batch.driver === compiler.cc ? 'cc' : 'c++', neededBy: 'gcc -MM' });
  }
  const rules = rulesBySource(run.stdout, batch.directory);
  const ms = run.ms / batch.steps.length;
  const reports: ScanReport[] = [];
  for (const step of batch.steps) {
    const rule = rules.get(step.source);
    if (rule !== undefined) reports.push({ ...inputsOf(step, rule, files, compiler), ms });
    // Assembler that is not preprocessed includes nothing, and gcc then prints nothing.
    else if (batch.steps.length === 1 && run.exitCode === 0)
      reports.push({ ...inputsOf(step, { targets: [], prerequisites: [] }, files, compiler), ms });
    else if (batch.steps.length === 1)
      reports.push({ ...(await failedScan(step, batch, run, compiler, files, commands, signal)), ms });
    else {
      const alone = await scanBatch({ ...batch, steps: [step] }, compiler, files, commands, signal);
      if (!alone.ok) return alone;
      reports.push(...alone.value);
    }
  }
  return ok(reports);
}

const runCompiler = (
  batch: Batch,
  mode: readonly string[],
  compiler: ScanCompiler,
  files: ProjectFiles,
  commands: CommandRunner,
  signal: AbortSignal,
): Promise<CommandResult> => {
  const { directory } = batch;
  const sources = batch.steps.map(({ source }) => argumentOf(fromDirectory(directory, source)));
  return commands.run({
    file: batch.driver,
    args: [...batch.flags, ...mode, ...sources],
    cwd: directory === undefined ? files.root : `${files.root}/${directory}`,
    env: compiler.env,
    signal,
  });
};

/** A source whose name starts with a dash is no option. */
const argumentOf = (source: string): string => (/^[-@]/.test(source) ? `./${source}` : source);

/** A rule's first prerequisite is the source itself, whatever gcc calls its target. */
function rulesBySource(stdout: string, directory: ProjectPath | undefined): ReadonlyMap<ProjectPath, DepfileRule> {
  const rules = new Map<ProjectPath, DepfileRule>();
  const parsed = parseDepfile(stdout);
  for (const rule of parsed.ok ? parsed.value : []) {
    const source = pathIn(directory, rule.prerequisites[0] ?? '');
    if (source !== undefined) rules.set(source, rule);
  }
  return rules;
}

/** What a compiler that runs in `directory` calls `file`; undefined for what is not in the project. */
const pathIn = (directory: ProjectPath | undefined, file: string): ProjectPath | undefined =>
  directory === undefined || file.startsWith('/') ? projectPath(file) : projectPath(`${directory}/${file}`);

/** Tells a rule's files apart: the project's, the toolchain's, and those that no build would see. */
function inputsOf(
  step: CompileStep,
  rule: DepfileRule,
  files: ProjectFiles,
  compiler: ScanCompiler,
): Pick<ScanReport, 'step' | 'result' | 'inputs'> {
  const headers: ProjectPath[] = [...(step.files ?? [])];
  const system: string[] = [];
  let stranger: string | undefined;
  let absolute: ProjectPath | undefined;
  for (const file of rule.prerequisites) {
    const isAbsolute = file.startsWith(`${files.root}/`);
    const inside = isAbsolute ? projectPath(file.slice(files.root.length + 1)) : pathIn(step.directory, file);
    if (isAbsolute) absolute ??= inside;
    if (inside !== undefined) {
      if (inside !== step.source) headers.push(inside);
    } else if (compiler.systemDirectories.some((directory) => file.startsWith(directory))) system.push(file);
    else stranger ??= file;
  }
  const inputs: UnitInputs = { source: step.source, headers: sortedUnique(headers), system: sortedUnique(system) };
  const { name, source } = step;
  if (absolute !== undefined) {
    return { step, inputs, result: fail({ kind: 'absolute-include', step: name, source, path: absolute }) };
  }
  if (stranger === undefined) return { step, inputs, result: ok(inputs) };
  return {
    step,
    inputs,
    result: fail({ kind: 'outside-project', step: name, source, path: stranger }),
  };
}

/**
 * `-MG` goes on past headers that are missing. What it finds is what the generated expression gives the object: a
 * function of the tree, like everything in it, and the compile in the sandbox fails at the same place.
 */
async function failedScan(
  step: CompileStep,
  batch: Batch,
  run: CommandResult,
  compiler: ScanCompiler,
  files: ProjectFiles,
  commands: CommandRunner,
  signal: AbortSignal,
): Promise<Pick<ScanReport, 'step' | 'result' | 'inputs'>> {
  const lenient = await runCompiler(
    { ...batch, steps: [step] },
    ['-M', '-MG', '-w'],
    compiler,
    files,
    commands,
    signal,
  );
  const rule = rulesBySource(lenient.stdout, batch.directory).get(step.source);
  const found = rule === undefined ? undefined : inputsOf(step, rule, files, compiler).inputs;
  const diagnostics: readonly Diagnostic[] = run.stderr.split('\n').flatMap((line) => parseDiagnosticLine(line) ?? []);
  return {
    step,
    inputs: {
      source: step.source,
      headers: (found?.headers ?? step.files ?? []).filter((header) => files.stat(header) !== undefined),
      system: found?.system ?? [],
    },
    result: fail({
      kind: 'scan-failed',
      step: step.name,
      source: step.source,
      target: step.target,
      diagnostics,
      output: run.stderr,
    }),
  };
}
