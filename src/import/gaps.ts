import type { StepName } from '../model/ids.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { filesOf, inputsOf, type Draft, type Gap } from './drafts.ts';
import { inside } from './places.ts';

type NotUnderstood = RecordedPlan['notUnderstood'];

/**
 * What a plan says it does not have. What nobody needs in the end does not matter, such as what a configure script tries
 * out; and one problem of many steps is one, with the command that first had it.
 */
export function printGaps(
  gaps: readonly Gap[],
  drafts: readonly Draft[],
  nameOf: (draft: Draft) => StepName,
  root: string,
): NotUnderstood {
  const known = new Set(drafts);
  const readers = readersOf(drafts);
  const byProblem = new Map<string, { readonly gap: Gap; readonly concerned: Set<Draft> }>();
  for (const gap of gaps) {
    const concerned = [
      ...gap.drafts.filter((draft) => known.has(draft)),
      ...(gap.files ?? []).flatMap((path) => readers.get(inside(root, path) ?? '') ?? []),
    ];
    const isOfNobody = gap.drafts.length === 0 && gap.files === undefined;
    if (concerned.length === 0 && !isOfNobody) continue;
    const entry = byProblem.get(gap.problem) ?? { gap, concerned: new Set() };
    for (const draft of concerned) entry.concerned.add(draft);
    byProblem.set(gap.problem, entry);
  }
  return [...byProblem.values()].map(({ gap: { problem, origin }, concerned }) => {
    const directory = inside(root, origin.directory);
    return {
      problem,
      command: [...origin.argv],
      ...(directory === undefined ? {} : { directory }),
      targets: productsWith(concerned, drafts).map(nameOf),
    };
  });
}

/** The steps that read each file of the project. */
function readersOf(drafts: readonly Draft[]): ReadonlyMap<string, readonly Draft[]> {
  const readers = new Map<string, Draft[]>();
  for (const draft of drafts) {
    for (const file of filesOf(draft)) readers.set(file, [...(readers.get(file) ?? []), draft]);
  }
  return readers;
}

/** Products made from any of the steps, directly or not; `drafts` has each after what it is made from. */
function productsWith(steps: ReadonlySet<Draft>, drafts: readonly Draft[]): readonly Draft[] {
  if (steps.size === 0) return [];
  const touched = new Set(steps);
  for (const draft of drafts) if (inputsOf(draft).some((input) => touched.has(input))) touched.add(draft);
  return drafts.filter((draft) => draft.kind !== 'object' && touched.has(draft));
}

/** Objects that are there in the end and that nothing was made from. */
export function unusedObjects(unused: readonly Draft[]): NotUnderstood {
  const [first] = unused;
  if (first === undefined) return [];
  const shown = unused.slice(0, 5).map(({ path }) => path);
  const more = unused.length > shown.length ? `, and ${String(unused.length - shown.length)} more` : '';
  const problem = `objects that go into nothing that was linked: ${shown.join(', ')}${more}`;
  return [{ problem, command: [...first.origin.argv], targets: [] }];
}
