import type { CommandRunner } from '../host/ports.ts';
import type { Failure } from '../model/failure.ts';
import { drvPath, type DrvPath, type StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { goalExpression, type ExpressionSource } from './expression-goals.ts';
import { runNix, type NixSettings } from './nix-command.ts';

/** A generated expression, and steps of it. */
export interface StepsToEvaluate {
  readonly plan: BuildPlan;
  readonly source: ExpressionSource;
  readonly steps: readonly StepName[];
  /** The project's directory, absolute. */
  readonly directory: string;
}

/**
 * Has Nix evaluate the generated expression to the derivations of steps. The paths are those that `nix-instantiate` gives,
 * and nothing is put into the store (`--read-only`), which for 1,000 units is 0.1 s in place of 0.9 s.
 */
export async function evaluateSteps(
  commands: CommandRunner,
  settings: NixSettings,
  { plan, source, steps, directory }: StepsToEvaluate,
  signal: AbortSignal,
): Promise<Result<ReadonlyMap<StepName, DrvPath>, Failure>> {
  const derivations = goalExpression(plan, source, steps);
  const { exitCode, stdout, stderr } = await runNix(
    commands,
    settings,
    ['eval', '--read-only', '--json', '--file', '-'],
    {
      input: `map (step: builtins.unsafeDiscardStringContext step.drvPath) (${derivations})`,
      cwd: directory,
      signal,
    },
  );
  const failed = (messages: readonly string[]): Result<never, Failure> =>
    fail({ kind: 'nix-failed', command: 'nix eval', exitCode, messages });
  if (exitCode !== 0) return failed(stderr.trim().split('\n'));
  const paths = JSON.parse(stdout) as readonly string[];
  return ok(new Map(steps.map((step, i) => [step, drvPath(paths[i] ?? '')])));
}
