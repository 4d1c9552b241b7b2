import { storePath, type StorePath } from '../../model/ids.ts';
import { WireError } from './failure.ts';
import { withoutColour } from './messages.ts';
import type { ProtocolVersion } from './operation.ts';
import type { WireReader } from './wire.ts';

/*
 * Source, in nix: `BuildResult` in src/libstore/worker-protocol.cc, the numbers in src/libstore/build-result.hh and
 * src/libstore/common-protocol.cc, realisations in src/libstore/realisation.cc.
 */

const successes = new Map([
  [0, 'built'],
  [1, 'substituted'],
  [2, 'already-valid'],
  /** The derivation is new, and what it resolves to was built before. */
  [13, 'resolves-to-already-valid'],
] as const);

const failures = new Map([
  [3, 'permanent-failure'],
  [4, 'input-rejected'],
  [5, 'output-rejected'],
  [6, 'transient-failure'],
  [7, 'cached-failure'],
  [8, 'timed-out'],
  [9, 'misc-failure'],
  [10, 'dependency-failed'],
  [11, 'log-limit-exceeded'],
  [12, 'not-deterministic'],
  [14, 'no-substituters'],
] as const);

type ValueOf<M> = M extends ReadonlyMap<unknown, infer V> ? V : never;

export type BuildResult =
  | {
      readonly ok: true;
      readonly status: ValueOf<typeof successes>;
      /** By name, those that were asked for. */
      readonly outputs: ReadonlyMap<string, StorePath>;
    }
  | {
      readonly ok: false;
      /** `unknown`: of a number that newer daemons may have. */
      readonly status: ValueOf<typeof failures> | 'unknown';
      /** For people, without colour; the last lines of the builder's log are part of it. */
      readonly message: string;
    };

/** Times are left out: those that daemons send are often 0. */
export async function readBuildResult(reader: WireReader, version: ProtocolVersion): Promise<BuildResult> {
  const number = await reader.number();
  const message = withoutColour(await reader.string());
  if (version.minor >= 29) {
    await reader.number(); // times built
    await reader.boolean(); // whether some of them differed
    await reader.number(); // start
    await reader.number(); // stop
  }
  if (version.minor >= 37) {
    await readOptionalTime(reader); // user
    await readOptionalTime(reader); // system
  }
  const outputs = await reader.map(() => reader.string());
  const success = successes.get(number as 0);
  if (success === undefined) return { ok: false, status: failures.get(number as 3) ?? 'unknown', message };
  return { ok: true, status: success, outputs: new Map([...outputs].map(([id, text]) => outputOf(id, text))) };
}

async function readOptionalTime(reader: WireReader): Promise<void> {
  if (await reader.boolean()) await reader.bigint();
}

/** `sha256:<hash of the derivation>!<output>`: `{"outPath":"<hash>-<name>", …}`, without the store's directory. */
function outputOf(id: string, realisation: string): readonly [string, StorePath] {
  const name = id.slice(id.indexOf('!') + 1);
  const path = outPathOf(realisation);
  if (!id.includes('!') || path === undefined) throw new WireError('a realisation that says nothing of an output');
  return [name, storePath(path.startsWith('/') ? path : `/nix/store/${path}`)];
}

function outPathOf(realisation: string): string | undefined {
  try {
    const value: unknown = JSON.parse(realisation);
    const path = (value as { readonly outPath?: unknown } | null)?.outPath;
    return typeof path === 'string' ? path : undefined;
  } catch {
    return undefined;
  }
}
