import type { IncludeGraph } from '../graph/include-graph.ts';
import type { StepName } from '../model/ids.ts';
import type { Pending } from './pending.ts';
import type { IndexedPlan } from './plan-steps.ts';
import type { Toolchain } from './toolchain.ts';

/** Of the system headers that each object includes; none where Nix accounts for them. */
export type Fingerprints = ReadonlyMap<StepName, string>;

/** Those of the plan. An object whose system headers differ from those it was built with (`before`) is to be built again. */
export function takeFingerprints(
  { compiles }: IndexedPlan,
  graph: IncludeGraph,
  toolchain: Toolchain,
  before: Fingerprints,
  toBuild: Pending,
): Fingerprints {
  const fingerprints = new Map<StepName, string>();
  for (const name of compiles.keys()) {
    const digest = toolchain.headerFingerprint(graph.units.get(name)?.system ?? none);
    if (digest === undefined) continue;
    const known = before.get(name);
    if (known !== undefined && known !== digest && !toBuild.has(name)) {
      toBuild.add(name, { path: toolchain.version, change: 'toolchain' });
    }
    fingerprints.set(name, digest);
  }
  return fingerprints;
}

const none: readonly never[] = [];
