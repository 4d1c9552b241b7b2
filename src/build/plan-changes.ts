import type { Reason } from '../model/events.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import type { ProductStep, Step } from '../model/plan.ts';
import type { IndexedPlan } from './plan-steps.ts';
import { definitionOf } from './project-state.ts';

/** A digest of each step's definition: what is left of a plan between runs. */
export type Definitions = ReadonlyMap<StepName, string>;

export interface PlanChange {
  readonly step: Step;
  readonly reason: Reason;
}

/**
 * The definitions of a plan, and every step that is new or defined otherwise than before, with the reasons.
 * `definedBy` is the file that says so where nothing in the tree does.
 */
export function comparePlan(
  indexed: IndexedPlan,
  known: Definitions,
  previous: IndexedPlan | undefined,
  definedBy: ProjectPath,
): { readonly definitions: Definitions; readonly changes: readonly PlanChange[] } {
  const definitions = new Map<StepName, string>();
  const changes: PlanChange[] = [];
  const former = (step: ProductStep): FormerInputs => {
    const inputs = previous?.products.get(step.name)?.inputs;
    if (inputs !== undefined) return { had: (input) => inputs.includes(input), gone: inputs };
    // Of the last run, only which steps there were is known, not whose they were.
    return { had: (input) => known.has(input), gone: [...known.keys()].filter((name) => !isStep(name)) };
  };
  const isStep = (name: StepName): boolean => indexed.compiles.has(name) || indexed.products.has(name);
  for (const step of [...indexed.compiles.values(), ...indexed.products.values()] as readonly Step[]) {
    const definition = definitionOf(step);
    definitions.set(step.name, definition);
    const old = known.get(step.name);
    if (old === definition) continue;
    const isProduct = step.kind !== 'compile';
    const reasons = old === undefined ? [whyNew(step, known.size === 0)] : isProduct ? changedInputs(step, former) : [];
    for (const reason of reasons.length > 0 ? reasons : [{ path: definedBy, change: 'flags' } as const]) {
      changes.push({ step, reason });
    }
  }
  return { definitions, changes };
}

const whyNew = (step: Step, isFirstRun: boolean): Reason => ({
  path: step.kind === 'compile' ? step.source : step.name,
  change: isFirstRun ? 'first-seen' : 'added',
});

interface FormerInputs {
  readonly had: (input: StepName) => boolean;
  /** Those it had; they count as lost where it has them no longer. */
  readonly gone: readonly StepName[];
}

/** What a product is made from that it was not before, and the reverse. */
function changedInputs(step: ProductStep, former: (step: ProductStep) => FormerInputs): readonly Reason[] {
  const { had, gone } = former(step);
  const now = new Set(step.inputs);
  return [
    ...step.inputs.filter((input) => !had(input)).map((path) => ({ path, change: 'added' as const })),
    ...gone.filter((input) => !now.has(input)).map((path) => ({ path, change: 'removed' as const })),
  ];
}
