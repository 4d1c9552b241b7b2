import type { ImportFinished } from '../model/events.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';

/** The end of an import, with what came of it; without a plan, nothing did. */
export const importFinished = (
  purpose: ImportFinished['purpose'],
  outcome: ImportFinished['outcome'],
  plan: RecordedPlan | undefined,
  ms: number,
): ImportFinished => ({
  kind: 'import-finished',
  purpose,
  outcome,
  units: Object.keys(plan?.objects ?? {}).length,
  products: plan?.products.length ?? 0,
  targets: plan?.products.flatMap(({ name, target }) => (target ? [name] : [])) ?? [],
  notUnderstood: plan?.notUnderstood.map(({ problem, targets }) => ({ problem, targets })) ?? [],
  ms: Math.round(ms),
});
