import type { Result } from '../../model/result.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { isRetryable, type WorkerFailure } from './failure.ts';

/** An operation whose daemon is lost this often has something to do with it. */
const mostAttempts = 3;

/**
 * Performs an operation again, on a new connection, where its daemon was killed, crashed, or hung: all operations may be
 * done twice, and who kills one daemon may just be killing the others. What was said of the first attempt is said anew.
 * `resumed` is told what came in between once it has worked out; where it does not, the last failure is the answer.
 * Likewise it opens a connection ahead of need.
 */
export function resumeLost(pool: ConnectionPool, resumed: (lost: WorkerFailure) => void): ConnectionPool {
  const persist = async <T>(attempt: (isFirst: boolean) => Promise<Result<T, WorkerFailure>>) => {
    const losses: WorkerFailure[] = [];
    for (;;) {
      const result = await attempt(losses.length === 0);
      if (result.ok) {
        for (const lost of losses) resumed(lost);
        return result;
      }
      losses.push(result.failure);
      if (!isRetryable(result.failure) || losses.length === mostAttempts) return result;
    }
  };
  return {
    ...pool,
    perform: (operation, options) => persist((isFirst) => pool.perform(operation, { ...options, fresh: !isFirst })),
    warm: () => persist(() => pool.warm()),
  };
}
