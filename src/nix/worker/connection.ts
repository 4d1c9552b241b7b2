import type { ByteStream, Clock } from '../../host/ports.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { StreamEnded, WireError, type WorkerFailure } from './failure.ts';
import { greet, type DaemonInfo } from './handshake.ts';
import { readMessages, type DaemonMessage } from './messages.ts';
import { usualLimitMs, type Operation } from './operation.ts';
import { setOptions, type WorkerOptions } from './options.ts';
import { queryValidPaths } from './store-operations.ts';
import { watchDaemon, type Hang, type Watchdog } from './watchdog.ts';
import { createWireReader, createWireWriter } from './wire.ts';

/** A connection that has been greeted and given its options. */
export interface WorkerConnection {
  readonly daemon: DaemonInfo;
  /**
   * One at a time. `observe` gets what the daemon says until it answers, in order. Never rejects. Operations in
   * `preceding` go before it in the same breath, which spares waiting for their answers; where one of them fails, so does
   * this, and the connection is gone.
   */
  perform<T>(
    operation: Operation<T>,
    observe?: (message: DaemonMessage) => void,
    preceding?: readonly Operation<unknown>[],
  ): Promise<Result<T, WorkerFailure>>;
  /** Ends what it is doing, builders included: there is no other way to cancel. */
  cancel(): void;
  /** Lets the daemon go. Only between operations. */
  close(): void;
  /** Whether there can be another operation; not after a failure, but for most of those that are `refused`. */
  readonly isOpen: boolean;
  /** Whether its daemon is there and not stopped, as far as can be seen: cheaper than to find out by an operation. */
  readonly isFit: boolean;
  /** Resolves once the other side is gone. */
  readonly ended: Promise<unknown>;
}

export interface ConnectOptions {
  readonly clock: Clock;
  /** How long the daemon may take until it is ready for the first operation. */
  readonly limitMs: number;
  readonly options: WorkerOptions;
  /** What the daemon said elsewhere, on its standard error: the reason why a connection ended. */
  readonly lastWords?: () => string;
  readonly observe?: (message: DaemonMessage) => void;
}

const handshake = 'handshake';

/** How long a daemon that has nothing to do may take to go. */
const closingMs = 2000;

/** Never rejects. The stream is killed where this fails. */
export async function connect(
  stream: ByteStream,
  { clock, limitMs, options, lastWords = () => '', observe = () => undefined }: ConnectOptions,
): Promise<Result<WorkerConnection, WorkerFailure>> {
  const reader = createWireReader(stream);
  let state: 'idle' | 'busy' | 'cancelled' | 'closed' = 'busy';
  let hang: Hang | undefined;

  const whyEnded = async (): Promise<string> =>
    [await stream.ended, lastWords()].filter((text) => text !== '').join('\n');

  const lost = async (during: string): Promise<WorkerFailure> => ({
    kind: 'connection-lost',
    during,
    problem: await whyEnded(),
  });

  /** It changes behind an `await`, which the compiler does not expect of a variable. */
  const isBusy = (): boolean => state === 'busy';

  const settle = (): void => {
    if (state === 'busy') state = 'idle';
  };

  /** From here on, nothing can be read. */
  const giveUp = async (error: unknown, during: string): Promise<WorkerFailure> => {
    stream.kill();
    if (state === 'cancelled') return { kind: 'cancelled' };
    state = 'closed';
    if (hang !== undefined) return { kind: 'unresponsive', during, ...hang };
    if (error instanceof StreamEnded) {
      return during === handshake ? { kind: 'unreachable', problem: await whyEnded() } : lost(during);
    }
    if (error instanceof WireError) return { kind: 'protocol-broken', during, problem: error.message };
    throw error;
  };

  const exchange = async <T>(
    operation: Operation<T>,
    minor: number,
    observer: (message: DaemonMessage) => void,
    preceding: readonly Operation<unknown>[] = [],
  ): Promise<Result<T, WorkerFailure>> => {
    const writer = createWireWriter();
    for (const each of [...preceding, operation]) each.request(writer.number(each.number));
    stream.write(writer.bytes());
    for (const each of preceding) {
      const error = await readMessages(reader, () => undefined);
      if (error !== undefined) {
        // It goes on with the next, for whose answer nobody waits any more.
        state = state === 'cancelled' ? state : 'closed';
        stream.kill();
        return fail({ kind: 'refused', during: each.name, ...error });
      }
      await each.answer(reader, { major: 1, minor });
    }
    const error = await readMessages(reader, observer);
    if (error !== undefined) return fail({ kind: 'refused', during: operation.name, ...error });
    return ok(await operation.answer(reader, { major: 1, minor }));
  };

  /**
   * A request that it cannot read makes the daemon report twice and end, any other error once. Without a look, the
   * second report would be the answer to the next operation.
   */
  const probe = async (minor: number): Promise<void> => {
    try {
      const result = await exchange(queryValidPaths([]), minor, () => undefined);
      if (result.ok) return;
    } catch {
      // It has ended, which is what we wanted to know.
    }
    if (state === 'busy') state = 'closed';
    stream.kill();
  };

  const perform = async <T>(
    operation: Operation<T>,
    minor: number,
    observer: (message: DaemonMessage) => void,
    preceding?: readonly Operation<unknown>[],
  ): Promise<Result<T, WorkerFailure>> => {
    state = 'busy';
    try {
      const result = await exchange(operation, minor, observer, preceding);
      if (!result.ok && isBusy()) await probe(minor);
      settle();
      return result;
    } catch (error) {
      return fail(await giveUp(error, operation.name));
    }
  };

  const watch = (limit: number): Watchdog => {
    const onHang = (found: Hang): void => {
      hang = found;
      stream.kill();
    };
    return watchDaemon({ clock, look: () => stream.look(), limitMs: limit, onHang });
  };

  const watchdog = watch(limitMs);
  const observeOpening = (message: DaemonMessage): void => {
    watchdog.heard(message);
    observe(message);
  };
  try {
    const greeting = await greet(stream, reader, observeOpening);
    if (!greeting.ok) {
      state = 'closed';
      stream.kill();
      return greeting;
    }
    const daemon = greeting.value;
    const set = await perform(setOptions(options), daemon.protocol.minor, observeOpening);
    // Options that the daemon does not take are no reason to do without it.
    if (!set.ok && set.failure.kind !== 'refused') return set;
    return ok({
      daemon,
      ended: stream.ended,
      get isOpen() {
        return state === 'idle' || state === 'busy';
      },
      get isFit() {
        const look = stream.look();
        return look === undefined || !(look.isGone || look.isStopped);
      },
      async perform(operation, observer = () => undefined, preceding) {
        if (state === 'busy') throw new Error(`${operation.name} while another operation is under way`);
        if (state === 'cancelled') return fail({ kind: 'cancelled' });
        if (state === 'closed') return fail(await lost(operation.name));
        const watching = watch(operation.limitMs ?? usualLimitMs);
        try {
          const heard = (message: DaemonMessage): void => {
            watching.heard(message);
            observer(message);
          };
          return await perform(operation, daemon.protocol.minor, heard, preceding);
        } finally {
          watching.stop();
        }
      },
      cancel() {
        if (state !== 'closed') state = 'cancelled';
        stream.kill();
      },
      close() {
        state = 'closed';
        stream.end();
        // A daemon that is stopped does not see that.
        const stop = clock.after(closingMs, () => stream.kill());
        void stream.ended.then(stop);
      },
    });
  } catch (error) {
    return fail(await giveUp(error, handshake));
  } finally {
    watchdog.stop();
  }
}
