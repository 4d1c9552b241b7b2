import type { Addressing } from '../model/events.ts';
import type { StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import type { Installables } from './cli-realiser.ts';
import { nixPath, nixString } from './nix-text.ts';

/** Where the expression is and what it is called with; absolute paths. */
export interface ExpressionSource {
  readonly expression: string;
  /** An expression for `pkgs`, a file of ours or `<nixpkgs>`. */
  readonly packages: { readonly file: string } | { readonly searchPath: string; readonly addressing: Addressing };
}

/** Goals of the generated expression, which is looked up each time: the configuration may move it. */
export const expressionGoals =
  (source: () => ExpressionSource) =>
  (plan: BuildPlan, goals: readonly StepName[]): Installables => ({
    args: ['--file', '-'],
    input: goalExpression(plan, source(), goals),
  });

/**
 * The goals as one expression, a list of derivations, for standard input: one argument holds at most 128 KiB, and
 * attribute paths on the command line could not name every object, as their syntax has no escapes.
 */
function goalExpression(plan: BuildPlan, source: ExpressionSource, goals: readonly StepName[]): string {
  const { packages } = source;
  // A file of ours says itself how outputs are addressed.
  const args =
    'file' in packages
      ? `pkgs = import ${nixPath(packages.file)} { };`
      : `pkgs = import ${packages.searchPath} { }; contentAddressed = ${String(packages.addressing === 'content')};`;
  const objects = new Set(plan.compiles.map((step) => step.name));
  const [first] = plan.targets;
  const of = (goal: StepName): string =>
    objects.has(goal)
      ? `targets.${nixString(first?.step ?? '')}.objects.${nixString(goal)}`
      : `targets.${nixString(goal)}`;
  const list = goals.map((goal) => `(${of(goal)})`).join(' ');
  return `let targets = import ${nixPath(source.expression)} { ${args} }; in [ ${list} ]`;
}
