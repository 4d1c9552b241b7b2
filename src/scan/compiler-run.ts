import type { CommandResult, CommandRunner } from '../host/ports.ts';
import type { ProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { fromDirectory, pathIn } from '../plan/from-directory.ts';
import { parseDepfile, type DepfileRule } from './depfile.ts';

/** The compiler that answers for includes, and what a sandbox would let it see. */
export interface ScanCompiler {
  /** Absolute paths of the drivers. */
  readonly cc: string;
  readonly cxx: string;
  /** Its whole environment: what a developer has set (CPATH, …) does not reach a sandbox and must not reach the scan. */
  readonly env: Readonly<Record<string, string>>;
  /** Directories outside the project whose files a build may read; each ends in `/`. */
  readonly systemDirectories: readonly string[];
  /** Those of them in which it looks for headers by itself, as far as what they hold is not a matter of the compiler's version. */
  readonly systemSearch: readonly string[];
  /** Further arguments a step's packages stand for. */
  packageFlags(step: CompileStep): readonly string[];
}

/** Units that one process can be asked about. */
export interface Batch {
  readonly driver: string;
  readonly flags: readonly string[];
  readonly directory: ProjectPath | undefined;
  readonly steps: readonly CompileStep[];
}

export interface CompilerPorts {
  readonly compiler: ScanCompiler;
  /** Absolute path of the project that is asked about. */
  readonly root: string;
  readonly commands: CommandRunner;
  readonly signal: AbortSignal;
}

export function runCompiler(batch: Batch, mode: readonly string[], ports: CompilerPorts): Promise<CommandResult> {
  const { directory } = batch;
  const { compiler, root, commands, signal } = ports;
  const sources = batch.steps.map(({ source }) => argumentOf(fromDirectory(directory, source)));
  return commands.run({
    file: batch.driver,
    args: [...batch.flags, ...mode, ...sources],
    cwd: directory === undefined ? root : `${root}/${directory}`,
    env: compiler.env,
    signal,
    // It may be told to include a pipe, or what has no end.
    endIfStuck: true,
  });
}

/** A source whose name starts with a dash is no option. */
const argumentOf = (source: string): string => (/^[-@]/.test(source) ? `./${source}` : source);

/** A rule's first prerequisite is the source itself, whatever gcc calls its target. */
export function rulesBySource(
  depfile: string,
  directory: ProjectPath | undefined,
): ReadonlyMap<ProjectPath, DepfileRule> {
  const rules = new Map<ProjectPath, DepfileRule>();
  const parsed = parseDepfile(depfile);
  for (const rule of parsed.ok ? parsed.value : []) {
    const source = pathIn(directory, rule.prerequisites[0] ?? '');
    if (source !== undefined) rules.set(source, rule);
  }
  return rules;
}
