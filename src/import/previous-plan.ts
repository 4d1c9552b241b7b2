import type { ProjectFiles } from '../host/ports.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';

/*
 * What a plan that was just recorded takes over from the one before it, and from when it was made.
 */

/**
 * What was up to date was not generated anew, and so not recorded; what it is generated from is known from the time before.
 * One that the build has no longer costs a run of the build too many, where one that was forgotten would go stale.
 */
export function keepingGenerators(
  plan: RecordedPlan,
  previous: RecordedPlan | undefined,
  files: ProjectFiles,
): RecordedPlan {
  const made = new Set(plan.generators.flatMap(({ outputs }) => outputs));
  const names = new Set<string>(plan.products.map(({ name }) => name));
  const kept = (previous?.generators ?? [])
    .filter(({ outputs }) =>
      outputs.every((path) => !made.has(path) && files.stat(trustedProjectPath(path)) !== undefined),
    )
    .map((generator) => ({ ...generator, products: generator.products.filter((name) => names.has(name)) }));
  if (kept.length === 0) return plan;
  const generators = [...plan.generators, ...kept].sort((a, b) => bytewise(a.outputs[0] ?? '', b.outputs[0] ?? ''));
  return { ...plan, generators };
}

/** No file has this: what was changed while the build read it is to count as changed since. */
const noDigest = '0'.repeat(64);

/** What was changed since `startedAt` (of the clock) by somebody other than the build may not be what the build has read. */
export function withoutRaces(
  plan: RecordedPlan,
  files: ProjectFiles,
  startedAt: number,
  isWritten: (path: ProjectPath) => boolean,
): RecordedPlan {
  const definition = Object.entries(plan.definition).map(([name, digest]) => {
    const path = trustedProjectPath(name);
    const changedAt = Number((files.stat(path)?.mtimeNs ?? 0n) / 1_000_000n);
    return [name, changedAt >= startedAt && !isWritten(path) ? noDigest : digest] as const;
  });
  return { ...plan, definition: Object.fromEntries(definition) };
}

/** Which products are targets is the user's to change, as far as it was recorded before. */
export function keepingChoices(plan: RecordedPlan, previous: RecordedPlan | undefined): RecordedPlan {
  const chosen = new Map(previous?.products.map(({ path, target }) => [path, target]));
  // Of several at one path, as a program before and after it was stripped, the last is what is there.
  const last = new Map(plan.products.map(({ path, name }) => [path, name]));
  return {
    ...plan,
    products: plan.products.map((product) => {
      const { path, name, form, target } = product;
      const choice = last.get(path) === name ? chosen.get(path) : undefined;
      return { ...product, target: form !== 'object' && (choice ?? target) };
    }),
  };
}
