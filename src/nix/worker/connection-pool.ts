import { fail, ok, type Result } from '../../model/result.ts';
import type { WorkerConnection } from './connection.ts';
import type { WorkerFailure } from './failure.ts';
import type { DaemonInfo } from './handshake.ts';
import type { DaemonMessage } from './messages.ts';
import type { Operation } from './operation.ts';

export interface PerformOptions {
  /** Ends the operation, at once and with its builders, by ending its connection. */
  readonly signal?: AbortSignal;
  readonly observe?: (message: DaemonMessage) => void;
  /** Sent with it, before it; where one fails, so does the operation. */
  readonly preceding?: readonly Operation<unknown>[];
  /** On a connection that is opened for it. */
  readonly fresh?: boolean;
}

/**
 * Connections to one store, opened when they are first needed and kept. Where one is free, a request is on its way when
 * `perform` returns, so that whoever called can go on with other work.
 */
export interface ConnectionPool {
  /**
   * Waits, in the order of the calls, for a connection that is free. Never rejects. What fails is not tried again here
   * (`resumeLost` does that), and the next operation finds a new connection.
   */
  perform<T>(operation: Operation<T>, options?: PerformOptions): Promise<Result<T, WorkerFailure>>;
  /** Opens a connection ahead of need, where none is free. */
  warm(): Promise<Result<DaemonInfo, WorkerFailure>>;
  /**
   * Lets go of the free connections that have performed so many operations. Of each, a daemon keeps something: its memory
   * grows, and what was added is held from the garbage collector until it ends. For when nothing is under way.
   */
  retire(operations: number): void;
  /** Cancels what is under way, and all that is asked for later; resolves once every daemon is gone. */
  close(): Promise<void>;
}

type Opened = Result<WorkerConnection, WorkerFailure>;

/** `onEnd` is called when a connection has ended, however: what it had added to the store is held by nothing then. */
export function createConnectionPool(
  size: number,
  open: () => Promise<Opened>,
  onEnd: () => void = () => undefined,
): ConnectionPool {
  /** Free ones, the one that was used last at the end: its caches are the warmest. */
  const idle: WorkerConnection[] = [];
  /** How many operations each has performed. */
  const performed = new WeakMap<WorkerConnection, number>();
  /** Those that were free, and were not used. */
  const leaving = new Set<WorkerConnection>();
  /** Places in use, those included that were just given to someone: never more than `size`. */
  let taken = 0;
  const active = new Set<Promise<unknown>>();
  const waiting = new Set<() => void>();
  /** Aborted by `close`. */
  const cancellations = new Set<AbortController>();
  let isClosed = false;

  /** The one that was used last, of those that are fit for use. */
  const takeFree = (): WorkerConnection | undefined => {
    for (let connection = idle.pop(); connection !== undefined; connection = idle.pop()) {
      if (connection.isFit) return connection;
      leaving.add(connection);
      connection.cancel();
    }
    return undefined;
  };

  const openAnother = async (): Promise<Opened> => {
    const opened = await open();
    if (opened.ok) void opened.value.ended.then(() => drop(opened.value));
    return opened;
  };

  const drop = (connection: WorkerConnection): void => {
    const at = idle.indexOf(connection);
    if (at >= 0) idle.splice(at, 1);
    leaving.delete(connection);
    onEnd();
  };

  const leave = (connection: WorkerConnection): void => {
    leaving.add(connection);
    connection.close();
  };

  const giveBack = (connection: WorkerConnection): void => {
    if (isClosed) connection.close();
    else idle.push(connection);
  };

  /** True at once, when there is a place, in the order of the calls, or false when `signal` comes first. */
  const takePlace = (signal: AbortSignal): boolean | Promise<boolean> => {
    if (signal.aborted) return false;
    if (taken < size) {
      taken++;
      return true;
    }
    return new Promise((resolve) => {
      const go = (): void => {
        resolve(true);
      };
      waiting.add(go);
      signal.addEventListener('abort', () => {
        if (waiting.delete(go)) resolve(false);
      });
    });
  };

  const leavePlace = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      taken--;
      return;
    }
    waiting.delete(next);
    next();
  };

  /** Holds the place until `work` and what it leaves behind is over. */
  const occupy = (work: Promise<void>): void => {
    const whole = work.finally(() => {
      active.delete(whole);
      leavePlace();
    });
    active.add(whole);
  };

  const withConnection = async <T>(
    signal: AbortSignal,
    fresh: boolean,
    act: (connection: WorkerConnection) => Promise<Result<T, WorkerFailure>>,
    done: (result: Result<T, WorkerFailure>) => void,
  ): Promise<void> => {
    if (signal.aborted) return;
    const free = takeFree();
    // There is room for one.
    if (fresh && free !== undefined) leave(free);
    const opened = fresh || free === undefined ? await openAnother() : ok(free);
    if (!opened.ok) {
      done(opened);
      return;
    }
    const connection = opened.value;
    if (isAborted(signal)) {
      // It was opened in vain, and is as good as new.
      giveBack(connection);
      return;
    }
    const cancel = (): void => connection.cancel();
    signal.addEventListener('abort', cancel);
    const result = await act(connection);
    signal.removeEventListener('abort', cancel);
    done(result);
    if (connection.isOpen) giveBack(connection);
    else await connection.ended;
  };

  const use = async <T>(
    { signal: outer, fresh = false }: PerformOptions,
    act: (connection: WorkerConnection) => Promise<Result<T, WorkerFailure>>,
  ): Promise<Result<T, WorkerFailure>> => {
    const cancelled = fail<WorkerFailure>({ kind: 'cancelled' });
    if (isClosed || outer?.aborted === true) return cancelled;
    const cancellation = new AbortController();
    const { signal } = cancellation;
    const cancel = (): void => cancellation.abort();
    cancellations.add(cancellation);
    outer?.addEventListener('abort', cancel);
    try {
      const place = takePlace(signal);
      if (place !== true && !(await place)) return cancelled;
      return await new Promise((resolve, reject) => {
        // Told at once, though the daemon still cleans up and holds its place: a new one would find its locks.
        signal.addEventListener('abort', () => {
          resolve(cancelled);
        });
        if (signal.aborted) resolve(cancelled);
        occupy(withConnection(signal, fresh, act, resolve).catch(reject));
      });
    } finally {
      cancellations.delete(cancellation);
      outer?.removeEventListener('abort', cancel);
    }
  };

  return {
    perform: (operation, options = {}) =>
      use(options, (connection) => {
        performed.set(connection, (performed.get(connection) ?? 0) + 1);
        return connection.perform(operation, options.observe, options.preceding);
      }),
    warm: () => use({}, async (connection) => ok(connection.daemon)),
    retire(operations) {
      const used = idle.filter((connection) => (performed.get(connection) ?? 0) >= operations);
      for (const connection of used) {
        idle.splice(idle.indexOf(connection), 1);
        leave(connection);
      }
    },
    async close() {
      isClosed = true;
      for (const cancellation of cancellations) cancellation.abort();
      const unused = idle.splice(0);
      for (const connection of unused) connection.close();
      await Promise.all([...active, ...[...unused, ...leaving].map(({ ended }) => ended)]);
    },
  };
}

/** It changes behind an `await`, which the compiler does not expect of a property. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
