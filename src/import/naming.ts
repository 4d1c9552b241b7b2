import { posix } from 'node:path';
import { stepName, type StepName } from '../model/ids.ts';
import { legalName } from '../plan/names.ts';
import type { Draft } from './drafts.ts';

/**
 * Names for steps: an object's is its path, a product's its file's name, and where several have that, its path's. Counted
 * up where there are still several, as of a program before and after it was stripped, of which the last has the name.
 */
export function nameDrafts(drafts: readonly Draft[]): ReadonlyMap<Draft, StepName> {
  const bases = new Map<string, number>();
  for (const draft of drafts) {
    const base = shortName(draft);
    bases.set(base, (bases.get(base) ?? 0) + 1);
  }
  const taken = new Set<string>();
  const names = new Map<Draft, StepName>();
  // What came last is what is there in the end.
  for (const draft of drafts.toReversed()) {
    const short = shortName(draft);
    const base = draft.kind === 'object' || bases.get(short) === 1 ? short : longName(draft);
    let name = base;
    for (let count = 2; taken.has(name); count++)
      name = `${base}${draft.kind === 'object' ? '~' : '.'}${String(count)}`;
    taken.add(name);
    names.set(draft, stepName(name));
  }
  return names;
}

const shortName = (draft: Draft): string =>
  draft.kind === 'object' ? draft.path : legalName(withoutObject(posix.basename(draft.path)));

const longName = (draft: Draft): string => legalName(withoutObject(draft.path));

/** No target is called like an object. */
const withoutObject = (path: string): string => path.replace(/\.o$/, '');
