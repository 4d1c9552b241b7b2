import { describe, expect, it } from 'vitest';
import type { ProcessLook } from '../../host/ports.ts';
import { storePath } from '../../model/ids.ts';
import { fail, ok } from '../../model/result.ts';
import { daemonBytes } from '../../testing/fakes/daemon-bytes.ts';
import { createManualClock } from '../../testing/fakes/manual-clock.ts';
import { createScriptedStream, type ScriptedStream } from '../../testing/fakes/scripted-stream.ts';
import { createConnectionPool } from './connection-pool.ts';
import { connect } from './connection.ts';
import { isRetryable } from './failure.ts';
import { defaultOptions } from './options.ts';
import { isValidPath } from './store-operations.ts';
import { createWireWriter } from './wire.ts';

const operation = isValidPath(storePath('/nix/store/z3n6ml62lc6l9glpaz6fq7fvi2rks9vq-a.txt'));
const yes = Buffer.concat([daemonBytes.last(), createWireWriter().boolean(true).bytes()]);
const limitMs = 1000;

/** A pool whose daemons greet by themselves, and answer when the test says so. */
function poolOf(size: number, greets = true) {
  const streams: ScriptedStream[] = [];
  const clock = createManualClock();
  let ended = 0;
  const open = () => {
    const stream = createScriptedStream();
    streams.push(stream);
    if (greets) for (const bytes of [daemonBytes.greeting(), daemonBytes.last()]) stream.send(bytes);
    return connect(stream, { clock, limitMs, options: defaultOptions });
  };
  const pool = createConnectionPool(size, open, () => ended++);
  return { pool, streams, clock, ended: () => ended };
}

const fit: ProcessLook = {
  isGone: false,
  isStopped: false,
  isAsleep: true,
  hasChildren: () => false,
  cpuTicks: 1,
};

/** Lets everything happen that needs nothing more from outside. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const isTrue = { ok: true, value: true };
const isCancelled = { ok: false, failure: { kind: 'cancelled' } };

describe('connections', () => {
  it('are opened when they are needed, as many as that, and kept', async () => {
    const { pool, streams } = poolOf(3);
    expect(streams).toHaveLength(0);
    for (let i = 0; i < 3; i++) {
      const performing = pool.perform(operation);
      await settled();
      streams[0]!.send(yes);
      expect(await performing).toEqual(isTrue);
    }
    expect(streams).toHaveLength(1);
  });

  it('have a request on its way at once where one is free', async () => {
    const { pool, streams } = poolOf(1);
    await pool.warm();
    await settled();
    const before = streams[0]!.written.length;
    const performing = pool.perform(operation);
    expect(streams[0]!.written.length).toBeGreaterThan(before);
    streams[0]!.send(yes);
    expect(await performing).toEqual(isTrue);
  });

  it('do one thing at a time; what waits has its turn in order', async () => {
    const { pool, streams } = poolOf(2);
    const done: number[] = [];
    const all = [1, 2, 3, 4].map((n) => pool.perform(operation).then(() => done.push(n)));
    await settled();
    expect(streams).toHaveLength(2);
    streams[1]!.send(yes);
    await settled();
    streams[1]!.send(yes);
    await settled();
    streams[1]!.send(yes);
    streams[0]!.send(yes);
    await Promise.all(all);
    expect(done.slice(0, 2)).toEqual([2, 3]);
    expect(streams).toHaveLength(2);
  });

  it('are let go once they have done much, when nobody uses them', async () => {
    const { pool, streams, ended } = poolOf(2);
    const perform = async (stream: number): Promise<void> => {
      const performing = pool.perform(operation);
      await settled();
      streams[stream]!.send(yes);
      await performing;
    };
    for (let i = 0; i < 3; i++) await perform(0);
    pool.retire(4);
    await perform(0);
    const busy = pool.perform(operation);
    const other = pool.perform(operation);
    await settled();
    pool.retire(1);
    expect(streams.map(({ isEnded }) => isEnded)).toEqual([false, false]);
    for (const stream of streams) stream.send(yes);
    await Promise.all([busy, other]);
    pool.retire(2);
    expect(streams.map(({ isEnded }) => isEnded)).toEqual([true, false]);
    await settled();
    expect(ended()).toBe(1);
    await perform(1);
    expect(streams).toHaveLength(2);
    pool.retire(2);
    await perform(2);
    // What a new one has done is its own.
    pool.retire(2);
    await perform(2);
    expect(streams).toHaveLength(3);
  });

  it('can be opened ahead', async () => {
    const { pool, streams } = poolOf(2);
    expect(await pool.warm()).toMatchObject({ ok: true, value: { nixVersion: '2.34.8' } });
    expect(await pool.warm()).toMatchObject({ ok: true });
    expect(streams).toHaveLength(1);
  });

  it('that go while nobody uses them are forgotten', async () => {
    const { pool, streams } = poolOf(1);
    await pool.warm();
    streams[0]!.finish();
    await settled();
    const performing = pool.perform(operation);
    await settled();
    streams[1]!.send(yes);
    expect(await performing).toEqual(isTrue);
  });

  it('are opened anew where that is asked for, and never more than there may be', async () => {
    const { pool, streams } = poolOf(1);
    await pool.warm();
    const performing = pool.perform(operation, { fresh: true });
    await settled();
    expect(streams.map(({ isEnded }) => isEnded)).toEqual([true, false]);
    streams[1]!.send(yes);
    expect(await performing).toEqual(isTrue);
  });

  it.each(['isGone', 'isStopped'])('that are not fit for use are replaced: %s', async (what) => {
    const { pool, streams, ended } = poolOf(1);
    await pool.warm();
    Object.assign(streams[0]!, { look: () => ({ ...fit, [what]: true }) });
    const performing = pool.perform(operation);
    await settled();
    expect([streams[0]!.isKilled, ended()]).toEqual([true, 1]);
    streams[1]!.send(yes);
    expect(await performing).toEqual(isTrue);
    Object.assign(streams[1]!, { look: () => fit });
    const next = pool.perform(operation);
    await settled();
    streams[1]!.send(yes);
    expect(await next).toEqual(isTrue);
    expect(streams).toHaveLength(2);
  });

  it('that break fail what they were at, for it to be tried on a new one', async () => {
    const { pool, streams } = poolOf(1);
    const [first, second] = [pool.perform(operation), pool.perform(operation)];
    await settled();
    streams[0]!.finish('killed by 9');
    const lost = await first;
    expect(lost).toEqual({
      ok: false,
      failure: { kind: 'connection-lost', during: 'IsValidPath', problem: 'killed by 9' },
    });
    expect(!lost.ok && isRetryable(lost.failure)).toBe(true);
    await settled();
    streams[1]!.send(yes);
    expect(await second).toEqual(isTrue);
  });

  it('that are not answered are given up', async () => {
    const { pool, streams, clock } = poolOf(1, false);
    const [first, second] = [pool.perform(operation), pool.perform(operation)];
    await settled();
    clock.advance(limitMs);
    const late = await first;
    expect(late).toEqual({
      ok: false,
      failure: { kind: 'unresponsive', during: 'handshake', sign: 'no-answer', ms: limitMs },
    });
    expect(!late.ok && isRetryable(late.failure)).toBe(true);
    await settled();
    for (const bytes of [daemonBytes.greeting(), daemonBytes.last(), yes]) streams[1]!.send(bytes);
    expect(await second).toEqual(isTrue);
  });

  it('that talk nonsense are replaced', async () => {
    const { pool, streams } = poolOf(1);
    const [first, second] = [pool.perform(operation), pool.perform(operation)];
    await settled();
    streams[0]!.send(Buffer.alloc(16, 'x'));
    expect(await first).toMatchObject({ failure: { kind: 'protocol-broken' } });
    expect(streams[0]!.isKilled).toBe(true);
    await settled();
    streams[1]!.send(yes);
    expect(await second).toEqual(isTrue);
  });

  it('that there are none of are a failure of each operation', async () => {
    const pool = createConnectionPool(1, async () => fail({ kind: 'unreachable', problem: 'no' }));
    const unreachable = { ok: false, failure: { kind: 'unreachable', problem: 'no' } };
    expect(await Promise.all([pool.perform(operation), pool.perform(operation)])).toEqual([unreachable, unreachable]);
    await pool.close();
  });
});

describe('cancelling', () => {
  it('ends the connection of what is under way, and no other', async () => {
    const { pool, streams } = poolOf(2);
    const controller = new AbortController();
    const first = pool.perform(operation, { signal: controller.signal });
    const second = pool.perform(operation);
    await settled();
    controller.abort();
    expect(await first).toEqual(isCancelled);
    expect(streams.map(({ isKilled }) => isKilled)).toEqual([true, false]);
    streams[1]!.send(yes);
    expect(await second).toEqual(isTrue);
    const third = pool.perform(operation);
    await settled();
    streams[1]!.send(yes);
    expect(await third).toEqual(isTrue);
    expect(streams).toHaveLength(2);
  });

  it('takes back what waits', async () => {
    const { pool, streams } = poolOf(1);
    const controller = new AbortController();
    const first = pool.perform(operation);
    const second = pool.perform(operation, { signal: controller.signal });
    const third = pool.perform(operation);
    await settled();
    controller.abort();
    expect(await second).toEqual(isCancelled);
    streams[0]!.send(yes);
    expect(await first).toEqual(isTrue);
    await settled();
    streams[0]!.send(yes);
    expect(await third).toEqual(isTrue);
  });

  it('before the start is enough', async () => {
    const { pool, streams } = poolOf(1);
    expect(await pool.perform(operation, { signal: AbortSignal.abort() })).toEqual(isCancelled);
    expect(streams).toHaveLength(0);
  });

  it('while a connection opens leaves that to the next', async () => {
    const { pool, streams } = poolOf(1, false);
    const controller = new AbortController();
    const first = pool.perform(operation, { signal: controller.signal });
    await settled();
    controller.abort();
    expect(await first).toEqual(isCancelled);
    const second = pool.perform(operation);
    for (const bytes of [daemonBytes.greeting(), daemonBytes.last(), yes]) streams[0]!.send(bytes);
    expect(await second).toEqual(isTrue);
    expect(streams).toHaveLength(1);
  });

  it('holds the place until the daemon is gone, whose locks the next would find', async () => {
    let gone = (): void => undefined;
    let opened = 0;
    const pool = createConnectionPool(1, async () => {
      opened++;
      const ended = new Promise<void>((resolve) => (gone = resolve));
      let isOpen = true;
      let stop = (): void => undefined;
      return ok({
        daemon: { protocol: { major: 1, minor: 38 }, nixVersion: '', trust: 'unknown' as const },
        ended,
        get isOpen() {
          return isOpen;
        },
        isFit: true,
        perform: () => new Promise((resolve) => (stop = () => resolve(fail({ kind: 'cancelled' })))),
        cancel() {
          isOpen = false;
          stop();
        },
        close: () => undefined,
      });
    });
    const controller = new AbortController();
    const first = pool.perform(operation, { signal: controller.signal });
    void pool.perform(operation);
    await settled();
    controller.abort();
    expect(await first).toEqual(isCancelled);
    await settled();
    expect(opened).toBe(1);
    gone();
    await settled();
    expect(opened).toBe(2);
  });
});

it('closing cancels all, lets daemons go that do nothing, and waits for them', async () => {
  const { pool, streams } = poolOf(2);
  const [first, second] = [pool.perform(operation), pool.perform(operation)];
  await settled();
  streams[0]!.send(yes);
  expect(await first).toEqual(isTrue);
  await pool.close();
  expect(await second).toEqual(isCancelled);
  expect(streams.map(({ isEnded, isKilled }) => [isEnded, isKilled])).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(await pool.perform(operation)).toEqual(isCancelled);
});

it('lets a bug of whoever observes be seen, and goes on', async () => {
  const { pool, streams } = poolOf(1);
  const performing = pool.perform(operation, {
    observe: () => {
      throw new TypeError('a bug');
    },
  });
  await settled();
  streams[0]!.send(daemonBytes.text('hm'));
  await expect(performing).rejects.toThrow('a bug');
  const next = pool.perform(operation);
  await settled();
  streams[1]!.send(yes);
  expect(await next).toEqual(isTrue);
});
