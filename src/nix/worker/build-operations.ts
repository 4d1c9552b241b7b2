import type { DrvPath } from '../../model/ids.ts';
import { sortedEntries, sortedUnique } from '../../model/order.ts';
import type { BasicDerivation } from '../resolve.ts';
import { readBuildResult, type BuildResult } from './build-result.ts';
import type { Operation } from './operation.ts';

export interface BuildTarget {
  readonly drv: DrvPath;
  /** Names; at least one. */
  readonly outputs: readonly string[];
}

/** One result a target, in the order of the targets. */
export interface TargetResult {
  readonly target: BuildTarget;
  readonly result: BuildResult;
}

const normalMode = 0;

/**
 * Builds derivations that are in the store, and what they need. Source of the targets' text, in nix:
 * `DerivedPath::to_string_legacy` in src/libstore/derived-path.cc.
 */
export const buildPathsWithResults = (targets: readonly BuildTarget[]): Operation<readonly TargetResult[]> => ({
  name: 'BuildPathsWithResults',
  number: 46,
  limitMs: Infinity,
  request: (writer) => void writer.strings(targets.map(targetText)).number(normalMode),
  async answer(reader, version) {
    const results = new Map<string, BuildResult>();
    await reader.list(async () => results.set(await reader.string(), await readBuildResult(reader, version)));
    return targets.map((target) => ({
      target,
      result: results.get(targetText(target)) ?? { ok: false, status: 'unknown', message: 'the daemon left it out' },
    }));
  },
});

const targetText = ({ drv, outputs }: BuildTarget): string => `${drv}!${sortedUnique(outputs).join(',')}`;

/**
 * Builds a derivation that need not be in the store, though its inputs must. `drv` is what the daemon calls it, and what
 * it files its log and its realisation under. One that is addressed by its inputs needs a client that the daemon trusts.
 * Source of the format, in nix: `writeDerivation` in src/libstore/derivations.cc.
 */
export const buildDerivation = (drv: DrvPath, derivation: BasicDerivation): Operation<BuildResult> => ({
  name: 'BuildDerivation',
  number: 36,
  limitMs: Infinity,
  request(writer) {
    const outputs = sortedEntries(derivation.outputs);
    writer.string(drv).number(outputs.length);
    for (const [name, { path, hashAlgorithm, hash }] of outputs) {
      writer.string(name).string(path).string(hashAlgorithm).string(hash);
    }
    writer
      .strings(sortedUnique(derivation.inputSrcs))
      .string(derivation.system)
      .string(derivation.builder)
      .strings(derivation.args)
      .map(new Map(sortedEntries(derivation.env)))
      .number(normalMode);
  },
  answer: readBuildResult,
});
