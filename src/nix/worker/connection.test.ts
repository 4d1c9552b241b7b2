import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daemonBytes } from '../../testing/fakes/daemon-bytes.ts';
import { createManualClock } from '../../testing/fakes/manual-clock.ts';
import { createScriptedStream, type ScriptedStream } from '../../testing/fakes/scripted-stream.ts';
import { drvPath, storePath } from '../../model/ids.ts';
import { buildPathsWithResults } from './build-operations.ts';
import { connect, type ConnectOptions } from './connection.ts';
import type { DaemonMessage } from './messages.ts';
import { defaultOptions } from './options.ts';
import { addTempRoot, isValidPath } from './store-operations.ts';
import { createWireWriter } from './wire.ts';

const limitMs = 5000;
const open = (stream: ScriptedStream, more: Partial<ConnectOptions> = {}) =>
  connect(stream, { clock: createManualClock(), limitMs, options: defaultOptions, ...more });

const path = storePath('/nix/store/z3n6ml62lc6l9glpaz6fq7fvi2rks9vq-a.txt');
const yes = createWireWriter().boolean(true).bytes();
const ready = [daemonBytes.greeting(), daemonBytes.last()];

/** A connection that is ready, and then up to the test. */
async function opened(more: Partial<ConnectOptions> = {}) {
  const stream = createScriptedStream();
  for (const bytes of ready) stream.send(bytes);
  const connected = await open(stream, more);
  if (!connected.ok) throw new Error(connected.failure.kind);
  return { stream, connection: connected.value };
}

describe('the greeting', () => {
  it('announces 1.38 with no features, then sets options', async () => {
    const { stream, connection } = await opened();
    expect(connection.daemon).toEqual({ protocol: { major: 1, minor: 38 }, nixVersion: '2.34.8', trust: 'trusted' });
    const options = createWireWriter()
      .number(19)
      .boolean(false)
      .boolean(true)
      .boolean(false)
      .number(1)
      .number(1)
      .number(0);
    options.boolean(true).number(7).number(0).number(0).number(0).boolean(false);
    options.map(new Map([['build-poll-interval', '1']]));
    const greeting = createWireWriter().number(0x6e697863).number(0x126).strings([]).number(0).boolean(false).bytes();
    expect(stream.written).toEqual(Buffer.concat([greeting, options.bytes()]));
  });

  it.each([
    [38, 1, { minor: 38, trust: 'trusted' }],
    [39, 2, { minor: 38, trust: 'untrusted' }],
    [37, 0, { minor: 37, trust: 'unknown' }],
    [34, 1, { minor: 34, trust: 'unknown' }],
  ])('speaks with a daemon of 1.%i that says %i of trust', async (minor, trust, expected) => {
    const greeting = daemonBytes.greeting({ minor, trust });
    const connected = await open(createScriptedStream([greeting, daemonBytes.last()]));
    expect(connected.ok && { ...connected.value.daemon.protocol, trust: connected.value.daemon.trust }).toEqual({
      major: 1,
      ...expected,
    });
  });

  it('does not speak with older ones', async () => {
    const stream = createScriptedStream([daemonBytes.greeting({ minor: 33 })]);
    expect(await open(stream)).toEqual({ ok: false, failure: { kind: 'version-unsupported', found: '1.33' } });
    expect(stream.isKilled).toBe(true);
  });

  it('is not that of something else', async () => {
    const failure = { kind: 'protocol-broken', during: 'handshake', problem: '0x7b for a greeting' };
    expect(await open(createScriptedStream([daemonBytes.greeting({ magic: 0x7b })]))).toEqual({ ok: false, failure });
  });

  it('may be a complaint', async () => {
    const greeting = daemonBytes.greeting().subarray(0, -8);
    const stream = createScriptedStream([greeting, daemonBytes.error('no space')]);
    const failure = { kind: 'refused', during: 'handshake', message: 'no space', traces: [] };
    expect(await open(stream)).toEqual({ ok: false, failure });
  });

  it('does not fail by what the daemon says of the options', async () => {
    const messages: DaemonMessage[] = [];
    const said = daemonBytes.text('warning: ignoring the client-specified setting');
    const stream = createScriptedStream([daemonBytes.greeting(), said, daemonBytes.last()]);
    expect((await open(stream, { observe: (message) => messages.push(message) })).ok).toBe(true);
    expect(messages).toHaveLength(1);
  });

  it('is waited for as long as was said', async () => {
    const clock = createManualClock();
    const stream = createScriptedStream();
    const opening = open(stream, { clock });
    clock.advance(limitMs - 1);
    expect(stream.isKilled).toBe(false);
    clock.advance(1);
    expect(await opening).toEqual({
      ok: false,
      failure: { kind: 'unresponsive', during: 'handshake', sign: 'no-answer', ms: limitMs },
    });
    expect(stream.isKilled).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('stops the clock', async () => {
    const clock = createManualClock();
    const { stream } = await opened({ clock });
    expect(clock.waiting).toBe(0);
    expect(stream.isKilled).toBe(false);
  });

  it('does not come from what cannot be started', async () => {
    const connected = await open(createScriptedStream([]), { lastWords: () => 'error: no such option' });
    const problem = 'the other side has gone\nerror: no such option';
    expect(connected).toEqual({ ok: false, failure: { kind: 'unreachable', problem } });
  });
});

describe('an operation', () => {
  it('is given up where the daemon hangs', async () => {
    const clock = createManualClock();
    const { stream, connection } = await opened({ clock });
    Object.assign(stream, {
      look: () => ({ isGone: false, isStopped: true, isAsleep: false, hasChildren: () => true, cpuTicks: 1 }),
    });
    const performing = connection.perform(buildPathsWithResults([target]));
    clock.advance(10_000);
    const failure = { kind: 'unresponsive', during: 'BuildPathsWithResults', sign: 'stopped' };
    expect(await performing).toEqual({ ok: false, failure });
    expect([stream.isKilled, connection.isOpen, clock.waiting]).toEqual([true, false, 0]);
  });

  it('has all the time there is where it builds, and half a minute where it does not', async () => {
    const clock = createManualClock();
    const { stream, connection } = await opened({ clock });
    const building = connection.perform(buildPathsWithResults([target]));
    clock.advance(24 * 3_600_000);
    for (const bytes of [daemonBytes.last(), createWireWriter().number(0).bytes()]) stream.send(bytes);
    expect(await building).toMatchObject({ ok: true });
    const asking = connection.perform(isValidPath(path));
    clock.advance(30_000);
    const failure = { kind: 'unresponsive', during: 'IsValidPath', sign: 'no-answer', ms: 30_000 };
    expect(await asking).toEqual({ ok: false, failure });
  });

  it('gives its answer, and what was said before that', async () => {
    const { stream, connection } = await opened();
    const messages: DaemonMessage[] = [];
    for (const bytes of [daemonBytes.text('hm'), daemonBytes.last(), yes]) stream.send(bytes);
    expect(await connection.perform(isValidPath(path), (message) => messages.push(message))).toEqual({
      ok: true,
      value: true,
    });
    expect(messages).toEqual([{ kind: 'text', text: 'hm' }]);
    expect(connection.isOpen).toBe(true);
  });

  it('that is refused leaves the connection as it was', async () => {
    const { stream, connection } = await opened();
    // Behind it, the answer to the look whether there is more.
    for (const bytes of [daemonBytes.error('no'), daemonBytes.last(), createWireWriter().strings([]).bytes()]) {
      stream.send(bytes);
    }
    const failure = { kind: 'refused', during: 'IsValidPath', message: 'no', traces: [] };
    expect(await connection.perform(isValidPath(path))).toEqual({ ok: false, failure });
    expect(connection.isOpen).toBe(true);
    for (const bytes of [daemonBytes.last(), yes]) stream.send(bytes);
    expect(await connection.perform(isValidPath(path))).toEqual({ ok: true, value: true });
  });

  it('that the daemon could not read ends the connection', async () => {
    const { stream, connection } = await opened();
    for (const bytes of [daemonBytes.error('no'), daemonBytes.error('no')]) stream.send(bytes);
    stream.finish();
    expect(await connection.perform(isValidPath(path))).toMatchObject({ failure: { kind: 'refused' } });
    expect(connection.isOpen).toBe(false);
    expect(await connection.perform(isValidPath(path))).toMatchObject({ failure: { kind: 'connection-lost' } });
  });

  it('that is cancelled ends the connection', async () => {
    const { stream, connection } = await opened();
    const performing = connection.perform(isValidPath(path));
    connection.cancel();
    expect(await performing).toEqual({ ok: false, failure: { kind: 'cancelled' } });
    expect(stream.isKilled).toBe(true);
    expect(connection.isOpen).toBe(false);
    expect(await connection.perform(isValidPath(path))).toEqual({ ok: false, failure: { kind: 'cancelled' } });
  });

  it('may be preceded by others, all in one breath', async () => {
    const { stream, connection } = await opened();
    const before = stream.written.length;
    const performing = connection.perform(isValidPath(path), () => undefined, [addTempRoot(path)]);
    // Before anything was answered.
    const [root, valid] = [createWireWriter().number(11).string(path), createWireWriter().number(1).string(path)];
    expect(stream.written.subarray(before)).toEqual(Buffer.concat([root.bytes(), valid.bytes()]));
    for (const bytes of [daemonBytes.last(), createWireWriter().number(1).bytes(), daemonBytes.last(), yes]) {
      stream.send(bytes);
    }
    expect(await performing).toEqual({ ok: true, value: true });
    expect(connection.isOpen).toBe(true);
  });

  it('fails with what precedes it, and so does the connection', async () => {
    const { stream, connection } = await opened();
    stream.send(daemonBytes.error('no space'));
    const failure = { kind: 'refused', during: 'AddTempRoot', message: 'no space', traces: [] };
    const performing = connection.perform(isValidPath(path), () => undefined, [addTempRoot(path)]);
    expect(await performing).toEqual({ ok: false, failure });
    expect([stream.isKilled, connection.isOpen]).toEqual([true, false]);
  });

  it('is alone on its connection', async () => {
    const { stream, connection } = await opened();
    const first = connection.perform(isValidPath(path));
    await expect(connection.perform(isValidPath(path))).rejects.toThrow('while another operation is under way');
    stream.finish();
    expect(await first).toMatchObject({ failure: { kind: 'connection-lost', during: 'IsValidPath' } });
  });

  it('lets a bug of whoever observes be seen', async () => {
    const { stream, connection } = await opened();
    stream.send(daemonBytes.text('hm'));
    const observe = () => {
      throw new TypeError('a bug');
    };
    await expect(connection.perform(isValidPath(path), observe)).rejects.toThrow('a bug');
    expect(connection.isOpen).toBe(false);
  });

  it('does not follow the end of a connection', async () => {
    const { stream, connection } = await opened();
    connection.close();
    expect([stream.isEnded, stream.isKilled, connection.isOpen]).toEqual([true, false, false]);
  });

  it('ends, with force where the daemon does not go by itself', async () => {
    const clock = createManualClock();
    const { stream, connection } = await opened({ clock });
    Object.assign(stream, { end: () => undefined });
    connection.close();
    clock.advance(1999);
    expect(stream.isKilled).toBe(false);
    clock.advance(1);
    expect(stream.isKilled).toBe(true);
  });
});

/** Everything that a daemon can say, in one conversation. */
const target = { drv: drvPath('/nix/store/z3n6ml62lc6l9glpaz6fq7fvi2rks9vq-a.drv'), outputs: ['out'] };
const conversation = Buffer.concat([
  ...ready,
  daemonBytes.text('warning: hm'),
  daemonBytes.startActivity(2n ** 60n, 105, [target.drv, '', 1, 1]),
  daemonBytes.result(2n ** 60n, 101, ['a line']),
  daemonBytes.stopActivity(2n ** 60n),
  daemonBytes.last(),
  createWireWriter().number(1).string(`${target.drv}!out`).bytes(),
  daemonBytes.buildResult(0, '', { out: 'z3n6ml62lc6l9glpaz6fq7fvi2rks9vq-a' }),
]);

const converse = async (bytes: readonly Uint8Array[]) => {
  const connected = await open(createScriptedStream(bytes));
  return connected.ok ? connected.value.perform(buildPathsWithResults([target])) : connected;
};

describe('a daemon that breaks off', () => {
  it('is understood up to there', async () => {
    const result = {
      ok: true,
      status: 'built',
      outputs: new Map([['out', `/nix/store/z3n6ml62lc6l9glpaz6fq7fvi2rks9vq-a`]]),
    };
    expect(await converse([conversation])).toEqual({ ok: true, value: [{ target, result }] });
    expect(await converse([...conversation].map((byte) => Uint8Array.of(byte)))).toEqual({
      ok: true,
      value: [{ target, result }],
    });
  });

  it('is a typed failure, wherever it does', async () => {
    for (let length = 0; length < conversation.length; length++) {
      const { ok, failure } = { failure: undefined, ...(await converse([conversation.subarray(0, length)])) };
      expect([length, ok, failure?.kind]).toEqual([
        length,
        false,
        length < daemonBytes.greeting().length ? 'unreachable' : 'connection-lost',
      ]);
    }
  });

  it('or talks nonsense is a typed failure or an answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 40 }), async (place, garbage) => {
        const spoilt = Buffer.from(conversation);
        spoilt.set(garbage.subarray(0, spoilt.length - (place % spoilt.length)), place % spoilt.length);
        const outcome = await converse([spoilt]);
        if (!outcome.ok) expect(outcome.failure.kind).toMatch(/^(unreachable|version|connection|protocol|refused)/);
      }),
      { numRuns: 500 },
    );
  });
});
