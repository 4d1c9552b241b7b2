import type { Addressing } from '../model/events.ts';
import type { StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import type { Installables } from './cli-realiser.ts';
import { nixPath, nixString } from './nix-text.ts';

/** A file by its absolute path, or a text that need not lie in any: its relative paths are of where Nix runs. */
export type ExpressionText = { readonly file: string } | { readonly text: string };

/** Where the expression is and what it is called with. */
export interface ExpressionSource {
  readonly expression: ExpressionText;
  /** An expression for `pkgs`, one of ours or `<nixpkgs>`. */
  readonly packages: ExpressionText | { readonly searchPath: string; readonly addressing: Addressing };
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
export function goalExpression(plan: BuildPlan, source: ExpressionSource, goals: readonly StepName[]): string {
  const { packages } = source;
  // One of ours says itself how outputs are addressed.
  const args =
    'searchPath' in packages
      ? `pkgs = import ${packages.searchPath} { }; contentAddressed = ${String(packages.addressing === 'content')};`
      : `pkgs = ${functionOf(packages)} { };`;
  const objects = new Set(plan.compiles.map((step) => step.name));
  const [first] = plan.targets;
  const of = (goal: StepName): string =>
    objects.has(goal)
      ? `targets.${nixString(first?.step ?? '')}.objects.${nixString(goal)}`
      : `targets.${nixString(goal)}`;
  const list = goals.map((goal) => `(${of(goal)})`).join(' ');
  return `let targets = ${functionOf(source.expression)} { ${args} }; in [ ${list} ]`;
}

const functionOf = (expression: ExpressionText): string =>
  'file' in expression ? `import ${nixPath(expression.file)}` : `(\n${expression.text})`;
