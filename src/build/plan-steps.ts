import type { ProjectPath, StepName } from '../model/ids.ts';
import type { BuildPlan, CompileStep, ProductStep, Step } from '../model/plan.ts';
import { definitionOf } from './project-state.ts';

/** A plan with the look-ups a cycle needs. */
export interface IndexedPlan {
  readonly plan: BuildPlan;
  readonly compiles: ReadonlyMap<StepName, CompileStep>;
  readonly products: ReadonlyMap<StepName, ProductStep>;
  /** Files of the project that products are made from, and by which. */
  readonly filesOfProducts: ReadonlyMap<ProjectPath, readonly StepName[]>;
  /** Every step a product is made from, directly or through libraries. */
  inputsOf(product: StepName): ReadonlySet<StepName>;
}

/**
 * Indexes a plan. Steps that mean the same as in `previous` are the same objects, so that whatever was computed from
 * them can be kept by identity.
 */
export function indexPlan(plan: BuildPlan, previous?: IndexedPlan): IndexedPlan {
  const keep = <S extends Step>(step: S, old: S | undefined): S =>
    old !== undefined && definitionOf(old) === definitionOf(step) ? old : step;
  const compiles = new Map(plan.compiles.map((step) => [step.name, keep(step, previous?.compiles.get(step.name))]));
  const products = new Map(plan.products.map((step) => [step.name, keep(step, previous?.products.get(step.name))]));
  return {
    plan: { ...plan, compiles: [...compiles.values()], products: [...products.values()] },
    compiles,
    products,
    filesOfProducts: filesOf([...products.values()]),
    inputsOf: inputsIn(products),
  };
}

/**
 * A function of its own: one that is made where `previous` is at hand holds that, which holds the one before, and so a run
 * would keep every plan that it ever had.
 */
function inputsIn(products: IndexedPlan['products']): IndexedPlan['inputsOf'] {
  const closures = new Map<StepName, ReadonlySet<StepName>>();
  const inputsOf = (name: StepName): ReadonlySet<StepName> => {
    let inputs = closures.get(name);
    if (inputs === undefined) {
      const direct = products.get(name)?.inputs ?? [];
      inputs = new Set([...direct, ...direct.flatMap((input) => (products.has(input) ? [...inputsOf(input)] : []))]);
      closures.set(name, inputs);
    }
    return inputs;
  };
  return inputsOf;
}

function filesOf(products: readonly ProductStep[]): ReadonlyMap<ProjectPath, readonly StepName[]> {
  const readers = new Map<ProjectPath, StepName[]>();
  for (const product of products) {
    for (const file of (product.kind === 'link' ? product.recorded?.files : product.files) ?? []) {
      const known = readers.get(file);
      if (known === undefined) readers.set(file, [product.name]);
      else known.push(product.name);
    }
  }
  return readers;
}
