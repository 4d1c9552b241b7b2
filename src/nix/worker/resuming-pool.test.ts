import { expect, it } from 'vitest';
import { storePath } from '../../model/ids.ts';
import { daemonBytes } from '../../testing/fakes/daemon-bytes.ts';
import { createManualClock } from '../../testing/fakes/manual-clock.ts';
import { createScriptedStream, type ScriptedStream } from '../../testing/fakes/scripted-stream.ts';
import { createConnectionPool } from './connection-pool.ts';
import { connect } from './connection.ts';
import { describeWorkerFailure } from './failure.ts';
import type { DaemonMessage } from './messages.ts';
import { defaultOptions } from './options.ts';
import { resumeLost } from './resuming-pool.ts';
import { isValidPath } from './store-operations.ts';
import { createWireWriter } from './wire.ts';

const operation = isValidPath(storePath('/nix/store/z3n6ml62lc6l9glpaz6fq7fvi2rks9vq-a.txt'));
const yes = Buffer.concat([daemonBytes.last(), createWireWriter().boolean(true).bytes()]);

/** Daemons one after another, each greeting by itself, unless it is `mute`. */
function rig(size = 1, mute = 0) {
  const streams: ScriptedStream[] = [];
  const resumed: string[] = [];
  const clock = createManualClock();
  let ended = 0;
  const open = () => {
    const stream = createScriptedStream();
    streams.push(stream);
    if (streams.length > mute) for (const bytes of [daemonBytes.greeting(), daemonBytes.last()]) stream.send(bytes);
    return connect(stream, { clock, limitMs: 1000, options: defaultOptions });
  };
  const pool = resumeLost(
    createConnectionPool(size, open, () => ended++),
    (lost) => resumed.push(describeWorkerFailure(lost)),
  );
  return { pool, streams, resumed, clock, ended: () => ended };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const isTrue = { ok: true, value: true };

it('goes on with another daemon where one is lost, and says so once it has', async () => {
  const { pool, streams, resumed, ended } = rig();
  const messages: DaemonMessage[] = [];
  const performing = pool.perform(operation, { observe: (message) => messages.push(message) });
  await settled();
  streams[0]!.send(daemonBytes.text('one'));
  await settled();
  streams[0]!.finish('killed');
  await settled();
  expect([resumed, ended()]).toEqual([[], 1]);
  for (const bytes of [daemonBytes.text('two'), yes]) streams[1]!.send(bytes);
  expect(await performing).toEqual(isTrue);
  expect(resumed).toEqual(['the Nix daemon went away during IsValidPath: killed']);
  expect(messages).toEqual([
    { kind: 'text', text: 'one' },
    { kind: 'text', text: 'two' },
  ]);
});

it('goes on with a new daemon, though there is another', async () => {
  const { pool, streams } = rig(2);
  const both = [pool.perform(operation), pool.perform(operation)];
  await settled();
  streams[1]!.send(yes);
  await both[1];
  streams[0]!.finish('killed');
  await settled();
  expect(streams.map(({ isEnded }) => isEnded)).toEqual([false, true, false]);
  streams[2]!.send(yes);
  expect(await both[0]).toEqual(isTrue);
});

it('goes on where one does not answer', async () => {
  const { pool, streams, resumed, clock } = rig();
  const performing = pool.perform(operation);
  await settled();
  clock.advance(30_000);
  await settled();
  expect(streams[0]!.isKilled).toBe(true);
  streams[1]!.send(yes);
  expect(await performing).toEqual(isTrue);
  expect(resumed).toEqual(['the Nix daemon did not answer IsValidPath within 30 s']);
  expect(clock.waiting).toBe(0);
});

it('gives up what is lost three times', async () => {
  const { pool, streams, resumed } = rig();
  const performing = pool.perform(operation);
  for (let i = 0; i < 3; i++) {
    await settled();
    streams[i]!.finish('killed');
  }
  expect(await performing).toMatchObject({ ok: false, failure: { kind: 'connection-lost' } });
  await settled();
  expect(streams).toHaveLength(3);
  expect(resumed).toEqual([]);
});

it.each([
  ['a message of a kind that nobody knows', createWireWriter().number(42).bytes(), 'protocol-broken'],
  ['a refusal', daemonBytes.error('no'), 'refused'],
])('does not repeat what is answered by %s', async (_what, bytes, kind) => {
  const { pool, streams } = rig();
  const performing = pool.perform(operation);
  await settled();
  streams[0]!.send(bytes);
  streams[0]!.finish();
  expect(await performing).toMatchObject({ ok: false, failure: { kind } });
  await settled();
  expect(streams).toHaveLength(1);
});

it('opens another where one is lost before it has greeted, up to three', async () => {
  for (const [mute, expected] of [
    [2, { ok: true, value: { trust: 'trusted' } }],
    [3, { ok: false, failure: { kind: 'unreachable' } }],
  ] as const) {
    const { pool, streams, resumed } = rig(1, mute);
    const opening = pool.warm();
    for (let i = 0; i < mute; i++) {
      await settled();
      streams[i]!.finish('killed');
    }
    expect(await opening).toMatchObject(expected);
    expect([streams.length, resumed.length]).toEqual([3, expected.ok ? 2 : 0]);
  }
});

it('is not resumed once it is cancelled', async () => {
  const { pool, streams } = rig();
  const controller = new AbortController();
  const performing = pool.perform(operation, { signal: controller.signal });
  await settled();
  controller.abort();
  expect(await performing).toEqual({ ok: false, failure: { kind: 'cancelled' } });
  await settled();
  expect(streams).toHaveLength(1);
});
