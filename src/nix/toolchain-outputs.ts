import type { DrvPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { KnownOutput } from './resolve.ts';
import type { StepToolchain } from './step-derivation.ts';
import { upstreamPlaceholder } from './store-path.ts';
import { buildPathsWithResults } from './worker/build-operations.ts';
import type { ConnectionPool } from './worker/connection-pool.ts';
import { describeWorkerFailure } from './worker/failure.ts';

/** By `outputName`. */
export type NamedOutputs = ReadonlyMap<string, KnownOutput>;

export const outputName = (drv: DrvPath, output = 'out'): string => `${drv}!${output}`;

/**
 * Has what all steps need built or fetched, which is the staging program and, with nixpkgs, the compiler and packages:
 * their derivations are in the store, since Nix evaluated them.
 */
export async function buildToolchain(
  pool: ConnectionPool,
  toolchain: StepToolchain,
  signal: AbortSignal,
): Promise<Result<NamedOutputs, string>> {
  const drvs = new Map<DrvPath, Set<string>>();
  const packages = [...toolchain.packages.values()].flatMap(({ compiling, linking }) => [compiling, linking]);
  for (const { drvs: each } of [toolchain.references, ...packages]) {
    for (const [drv, outputs] of each) drvs.set(drv, new Set([...(drvs.get(drv) ?? []), ...outputs]));
  }
  const targets = [...drvs].map(([drv, outputs]) => ({ drv, outputs: [...outputs] }));
  if (targets.length === 0) return ok(new Map());
  const built = await pool.perform(buildPathsWithResults(targets), { signal });
  if (!built.ok) return fail(describeWorkerFailure(built.failure));
  const known = new Map<string, KnownOutput>();
  for (const { target, result } of built.value) {
    if (!result.ok) return fail(`${target.drv}: ${result.message}`);
    for (const output of target.outputs) {
      const path = result.outputs.get(output);
      if (path === undefined) return fail(`${target.drv} did not give its output ${output}`);
      known.set(outputName(target.drv, output), { placeholder: upstreamPlaceholder(target.drv, output), path });
    }
  }
  return ok(known);
}
