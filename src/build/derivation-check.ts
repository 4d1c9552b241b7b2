import type { CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { DifferingDerivation } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { ProjectPath } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { ExpressionSource } from '../nix/expression-goals.ts';
import type { NixSettings } from '../nix/nix-command.ts';
import type { PlanDerivations } from '../nix/plan-derivations.ts';
import { evaluateSteps } from '../nix/step-evaluation.ts';
import { readUnchanged } from '../nix/unchanged-file.ts';

export interface CheckPorts {
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
}

/** Derivations that were made here, and the generated expression of the same plan. */
export interface DerivationsToCheck {
  readonly settings: NixSettings;
  readonly plan: BuildPlan;
  readonly source: ExpressionSource;
  readonly derivations: PlanDerivations;
}

/** What the comparison has shown. */
export interface CheckedDerivations extends Pick<PlanDerivations, 'missing'> {
  readonly compared: number;
  readonly differing: readonly DifferingDerivation[];
}

/**
 * Compares every derivation with the one that Nix gives, and returns those that differ, each after what it is made from:
 * the first is where to look. Fails, in words, where that cannot be told.
 */
export async function checkDerivations(
  { files, commands }: CheckPorts,
  { settings, plan, source, derivations }: DerivationsToCheck,
  signal: AbortSignal,
): Promise<Result<readonly DifferingDerivation[], string>> {
  const steps = [...derivations.steps.keys()];
  if (steps.length === 0) return ok([]);
  const evaluated = await evaluateSteps(commands, settings, { plan, source, steps, directory: files.root }, signal);
  const differing = evaluated.ok
    ? [...derivations.steps].flatMap(([name, { drv }]): readonly DifferingDerivation[] => {
        const theirs = evaluated.value.get(name) ?? '';
        return theirs === drv ? [] : [{ name, ours: drv, theirs }];
      })
    : [];
  if (evaluated.ok && differing.length === 0) return ok([]);
  // Nix reads the tree as it is now, and somebody may be at work in it.
  const moved = changedFile(files, derivations);
  if (moved !== undefined) return fail(`${moved} has changed meanwhile`);
  return evaluated.ok
    ? ok(differing)
    : fail(`Nix could not evaluate the generated expression: ${reasonOf(evaluated.failure)}`);
}

/** Of a trace, the error that it is about comes last. */
const reasonOf = (failure: Failure): string =>
  failure.kind === 'nix-failed'
    ? (failure.messages.findLast((line) => /\berror:/.test(line)) ?? '').trim()
    : failure.kind;

/** A file that is not what it was when the derivations were made. */
function changedFile(files: ProjectFiles, derivations: PlanDerivations): ProjectPath | undefined {
  for (const [path, { nar }] of derivations.files) {
    if (readUnchanged(files, path, nar) === undefined) return path;
  }
  return undefined;
}
