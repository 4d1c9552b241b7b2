import type { Result } from '../../model/result.ts';
import type { BuildResult } from '../../nix/worker/build-result.ts';
import type { ConnectionPool } from '../../nix/worker/connection-pool.ts';
import type { WorkerFailure } from '../../nix/worker/failure.ts';
import { createWireWriter } from '../../nix/worker/wire.ts';

/** A build that a daemon was asked for and has not answered. */
export interface Asked {
  /** Of the plan. */
  readonly step: string;
  readonly preceding: readonly string[];
  readonly answer: (result: Result<BuildResult, WorkerFailure>) => void;
  /** The builder starts. */
  readonly start: () => void;
}

/** A pool of daemons that are the test: what they are asked to build is in `asked`, the first to come in front. */
export function createAskedPool(answered: (result: Result<BuildResult, WorkerFailure>) => void = () => undefined): {
  readonly pool: ConnectionPool;
  readonly asked: Asked[];
} {
  const asked: Asked[] = [];
  const pool: ConnectionPool = {
    perform(operation, { observe, preceding = [], signal } = {}) {
      const writer = createWireWriter();
      operation.request(writer);
      const drv = firstString(writer.bytes());
      return new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          resolve({ ok: false, failure: { kind: 'cancelled' } });
        });
        asked.push({
          step: /-(?:object-)?(\w+(?:\.o)?)\.drv$/.exec(drv)?.[1] ?? drv,
          preceding: preceding.map(({ name }) => name),
          answer(result) {
            answered(result);
            resolve(result as never);
          },
          start: () =>
            observe?.({ kind: 'activity-started', id: '1', level: 3, type: 105, text: '', fields: [drv], parent: '0' }),
        });
      });
    },
    retire: () => undefined,
    warm: () => Promise.reject(new Error('nobody asks for that')),
    close: () => Promise.resolve(),
  };
  return { pool, asked };
}

/** Of a request. */
function firstString(bytes: Uint8Array): string {
  const request = Buffer.from(bytes);
  return request.toString('utf8', 8, 8 + request.readUInt32LE());
}
