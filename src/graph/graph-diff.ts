import type { Edge } from '../model/events.ts';
import type { StepName } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { filesOf, type IncludeGraph } from './include-graph.ts';

export interface GraphDiff {
  readonly added: readonly Edge[];
  readonly removed: readonly Edge[];
}

/**
 * The edges of the project's own files that two graphs do not share, ordered by object and then file. `among` limits
 * the comparison to the units that can differ; the rest are the same by construction.
 */
export function diffGraphs(before: IncludeGraph, after: IncludeGraph, among: Iterable<StepName>): GraphDiff {
  const added: Edge[] = [];
  const removed: Edge[] = [];
  for (const object of [...new Set(among)].sort(bytewise)) {
    const old = before.units.get(object);
    const now = after.units.get(object);
    if (old === now) continue;
    const oldFiles = new Set(old === undefined ? [] : [...filesOf(old)].sort(bytewise));
    const nowFiles = new Set(now === undefined ? [] : [...filesOf(now)].sort(bytewise));
    for (const file of nowFiles) if (!oldFiles.has(file)) added.push({ object, file });
    for (const file of oldFiles) if (!nowFiles.has(file)) removed.push({ object, file });
  }
  return { added, removed };
}
