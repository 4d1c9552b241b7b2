import type { Clock } from '../host/ports.ts';
import type { Result } from '../model/result.ts';
import type { ResolvedDerivation } from './resolve.ts';
import { builderEndOf } from './builder-end.ts';
import { followBuilds } from './worker/build-activities.ts';
import { buildDerivation } from './worker/build-operations.ts';
import type { BuildResult } from './worker/build-result.ts';
import type { ConnectionPool } from './worker/connection-pool.ts';
import type { WorkerFailure } from './worker/failure.ts';
import type { Operation } from './worker/operation.ts';

/** What a build has to say before it ends. */
export type BuildWord = { readonly kind: 'started' } | { readonly kind: 'log-line'; readonly text: string };

export interface StepBuildEnd {
  readonly result: Result<BuildResult, WorkerFailure>;
  /** Of the builder, in milliseconds; undefined where there was none. */
  readonly ms: number | undefined;
}

/** A build that has been sent to a daemon, whether or not anybody listens yet. */
export interface StepBuild {
  /** Gives what was said so far, and then the rest as it comes. For one listener. */
  listen(hear: (word: BuildWord) => void): void;
  /** Never rejects. */
  readonly end: Promise<StepBuildEnd>;
}

/** A builder that someone kills (a system without memory, a daemon that dies) runs again, once. */
export function startStepBuild(
  pool: ConnectionPool,
  clock: Clock,
  { drv, derivation }: ResolvedDerivation,
  preceding: readonly Operation<unknown>[],
  signal: AbortSignal,
): StepBuild {
  let unheard: BuildWord[] = [];
  let tell = (word: BuildWord): void => {
    unheard.push(word);
  };
  let startedAt: number | undefined;
  const observe = followBuilds((activity) => {
    if (activity.kind === 'started') {
      startedAt = clock.elapsed();
      tell({ kind: 'started' });
    } else if (activity.kind === 'log-line') tell({ kind: 'log-line', text: activity.text });
  });
  const perform = (): Promise<Result<BuildResult, WorkerFailure>> =>
    pool.perform(buildDerivation(drv, derivation), { signal, observe, preceding });
  const build = async (): Promise<StepBuildEnd> => {
    let result = await perform();
    if (result.ok && !result.value.ok) {
      const { by, words } = builderEndOf(result.value.message);
      if (by === 'others') {
        tell({ kind: 'log-line', text: `${words}, and runs again` });
        result = await perform();
      }
    }
    return { result, ms: startedAt === undefined ? undefined : clock.elapsed() - startedAt };
  };
  const end = build();
  return {
    end,
    listen(hear) {
      const said = unheard;
      unheard = [];
      tell = hear;
      for (const word of said) hear(word);
    },
  };
}
