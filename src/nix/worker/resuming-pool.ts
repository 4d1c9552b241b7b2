import type { ConnectionPool } from './connection-pool.ts';
import { isRetryable, type WorkerFailure } from './failure.ts';

/** An operation whose daemon is lost this often has something to do with it. */
const mostAttempts = 3;

/**
 * Performs an operation again, on a new connection, where its daemon was killed, crashed, or hung: all operations may be
 * done twice, and who kills one daemon may just be killing the others. What was said of the first attempt is said anew.
 * `resumed` is told what came in between once it has worked out; where it does not, the last failure is the answer.
 */
export function resumeLost(pool: ConnectionPool, resumed: (lost: WorkerFailure) => void): ConnectionPool {
  return {
    ...pool,
    async perform(operation, options) {
      const losses: WorkerFailure[] = [];
      for (;;) {
        const result = await pool.perform(operation, { ...options, fresh: losses.length > 0 });
        if (result.ok) {
          for (const lost of losses) resumed(lost);
          return result;
        }
        losses.push(result.failure);
        if (!isRetryable(result.failure) || losses.length === mostAttempts) return result;
      }
    },
  };
}
