import type { PlanFailure } from '../model/failure.ts';
import type { StepName } from '../model/ids.ts';
import type { BuildPlan, Target } from '../model/plan.ts';
import { fail, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';

/**
 * The plan reduced to `names`: their targets, in the plan's order, and the steps these need, unchanged. A library that
 * is only needed is a step of the result but no target of it; asked for by its name, it is one. Without names, the plan
 * itself.
 */
export function selectTargets(plan: BuildPlan, names: readonly string[]): Result<BuildPlan, PlanFailure> {
  if (names.length === 0) return ok(plan);
  const known = new Set(plan.targets.map(({ name }) => name));
  const others = plan.products.flatMap((step): Target[] => {
    const kind = step.kind === 'archive' ? 'static-library' : step.form;
    return kind === 'object' || known.has(step.name) ? [] : [{ name: step.name, kind, step: step.name }];
  });
  const possible = [...plan.targets, ...others];
  const unknown = names.find((name) => !possible.some((target) => target.name === name));
  if (unknown !== undefined) return fail({ kind: 'unknown-target', target: unknown, known: [...known] });
  const wanted = new Set(names);
  const targets = possible.filter(({ name }) => wanted.has(name));
  const needed = neededFor(
    plan,
    targets.map(({ step }) => step),
  );
  return ok({
    ...plan,
    targets,
    compiles: plan.compiles.filter(({ name }) => needed.has(name)),
    products: plan.products.filter(({ name }) => needed.has(name)),
  });
}

/** The steps and all that they are made from, directly or not. */
export function neededFor(plan: BuildPlan, steps: Iterable<StepName>): ReadonlySet<StepName> {
  const needed = new Set(steps);
  // Libraries come before what uses them, so backwards every product is met after all that need it.
  for (const product of plan.products.toReversed()) {
    if (!needed.has(product.name)) continue;
    for (const input of product.inputs) needed.add(input);
  }
  return needed;
}
