import type { Reason } from '../model/events.ts';
import type { StepName } from '../model/ids.ts';
import type { ProductStep, Step } from '../model/plan.ts';
import type { IndexedPlan } from './plan-steps.ts';
import { definitionOf } from './project-state.ts';
import { configFile } from './tree-view.ts';

/** A digest of each step's definition: what is left of a plan between runs. */
export type Definitions = ReadonlyMap<StepName, string>;

export interface PlanChange {
  readonly step: Step;
  readonly reason: Reason;
}

/** The definitions of a plan, and every step that is new or defined otherwise than before, with the reasons. */
export function comparePlan(
  indexed: IndexedPlan,
  known: Definitions,
  previous: IndexedPlan | undefined,
): { readonly definitions: Definitions; readonly changes: readonly PlanChange[] } {
  const definitions = new Map<StepName, string>();
  const changes: PlanChange[] = [];
  for (const step of [...indexed.compiles.values(), ...indexed.products.values()] as readonly Step[]) {
    const definition = definitionOf(step);
    definitions.set(step.name, definition);
    const old = known.get(step.name);
    if (old === definition) continue;
    const reasons =
      old === undefined
        ? [whyNew(step, known.size === 0)]
        : step.kind === 'compile'
          ? []
          : changedObjects(step, previous?.products.get(step.name));
    for (const reason of reasons.length > 0 ? reasons : [{ path: configFile, change: 'flags' } as const]) {
      changes.push({ step, reason });
    }
  }
  return { definitions, changes };
}

const whyNew = (step: Step, isFirstRun: boolean): Reason => ({
  path: step.kind === 'compile' ? step.source : step.name,
  change: isFirstRun ? 'first-seen' : 'added',
});

/** The objects that a product has gained and lost; nothing where its former objects are not known any more. */
function changedObjects(step: ProductStep, old: ProductStep | undefined): readonly Reason[] {
  if (old === undefined) return [];
  const [before, now] = [new Set(old.objects), new Set(step.objects)];
  return [
    ...step.objects.filter((object) => !before.has(object)).map((path) => ({ path, change: 'added' as const })),
    ...old.objects.filter((object) => !now.has(object)).map((path) => ({ path, change: 'removed' as const })),
  ];
}
