import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryDirectory } from '../testing/temporary.ts';
import { descendantsOf, stillRunning } from '../testing/processes.ts';
import { nodeByteStreams } from './node-byte-streams.ts';
import type { ByteStream } from './ports.ts';

async function readAll(stream: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let chunk; (chunk = await stream.read()) !== undefined;) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

describe('a process', () => {
  it('is written to and read from, and ends with its input', async () => {
    const stream = nodeByteStreams.openProcess({ file: 'cat', args: [] });
    stream.write(Buffer.from('hello'));
    expect(textOf(await stream.read())).toBe('hello');
    stream.end();
    stream.write(Buffer.from('too late'));
    expect(await stream.read()).toBe(undefined);
    expect(await stream.ended).toBe('cat ended with exit code 0');
  });

  it('has to wait where nobody reads, and loses nothing', async () => {
    const stream = nodeByteStreams.openProcess({ file: 'cat', args: [] });
    const data = Buffer.alloc(8 * 1024 * 1024, 'abcdefg');
    stream.write(data);
    stream.end();
    const first = await stream.read();
    // By then it would be here in whole.
    for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(Buffer.compare(Buffer.concat([first ?? Buffer.of(), await readAll(stream)]), data)).toBe(0);
  });

  it('says why it ends on its standard error, which is read before it is gone', async () => {
    const lines: string[] = [];
    const stream = nodeByteStreams.openProcess({
      file: 'sh',
      args: ['-c', 'echo one >&2; printf "$WORD" >&2; exit 3'],
      env: { WORD: 'two' },
      onStderrLine: (line) => lines.push(line),
    });
    expect(await stream.ended).toBe('sh ended with exit code 3');
    expect(lines).toEqual(['one', 'two']);
  });

  it('is killed with all that it started', async () => {
    const stream = nodeByteStreams.openProcess({ file: 'sh', args: ['-c', 'sleep 1000 & echo here; wait'] });
    onTestFinished(() => stream.kill());
    expect(textOf(await stream.read())).toBe('here\n');
    const processes = descendantsOf(process.pid);
    // The second one is about to become `sleep`, or has.
    expect(processes.map(({ command }) => command)).toHaveLength(2);
    stream.kill();
    expect(await stream.read()).toBe(undefined);
    expect(await stream.ended).toBe('sh was ended by SIGTERM');
    // Its children are nobody's to wait for.
    await vi.waitFor(() => expect(stillRunning(processes)).toEqual([]));
    stream.kill();
  });

  it('is looked at', async () => {
    const script = 'echo here; read x; sleep 1000 & echo there; wait';
    const stream = nodeByteStreams.openProcess({ file: 'sh', args: ['-c', script] });
    onTestFinished(() => stream.kill());
    await stream.read();
    await vi.waitFor(() => expect(stream.look()).toMatchObject({ isGone: false, isAsleep: true }));
    expect(stream.look()?.hasChildren()).toBe(false);
    stream.write(Buffer.from('go\n'));
    await stream.read();
    expect(stream.look()?.isStopped).toBe(false);
    expect(stream.look()?.hasChildren()).toBe(true);
    expect(stream.look()?.cpuTicks).toBeGreaterThanOrEqual(0);
    const [shell] = descendantsOf(process.pid);
    process.kill(shell?.pid ?? 0, 'SIGSTOP');
    await vi.waitFor(() => expect(stream.look()).toMatchObject({ isStopped: true, isAsleep: false }));
    // Stopped, it would not take note of that.
    stream.kill();
    expect(await stream.ended).toBe('sh was ended by SIGTERM');
    expect(stream.look()?.isGone).toBe(true);
  });

  it('that will not end is killed after a while', async () => {
    const script = `trap '' TERM; echo here; while :; do read -r x || sleep 0.01; done`;
    const stream = nodeByteStreams.openProcess({ file: 'sh', args: ['-c', script] });
    await stream.read();
    stream.kill();
    expect(await stream.ended).toBe('sh was ended by SIGKILL');
  });

  it('that cannot be started has ended', async () => {
    const stream = nodeByteStreams.openProcess({ file: '/no/such/program', args: [] });
    stream.write(Buffer.from('hello'));
    expect(await stream.read()).toBe(undefined);
    expect(await stream.ended).toContain('/no/such/program cannot be started');
    stream.kill();
  });
});

describe('a socket', () => {
  async function listen(): Promise<{ readonly path: string; readonly server: Server }> {
    const path = join(temporaryDirectory(), 'socket');
    const server = createServer((connection) => connection.pipe(connection)).listen(path);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return { path, server };
  }

  it('is written to and read from, and ends', async () => {
    const { path } = await listen();
    const stream = await nodeByteStreams.openSocket(path);
    stream?.write(Buffer.from('hello'));
    expect(textOf(await stream?.read())).toBe('hello');
    stream?.end();
    expect(await stream?.read()).toBe(undefined);
    expect(await stream?.ended).toBe(`${path} was closed`);
  });

  it('is closed at once', async () => {
    const { path, server } = await listen();
    const connected = once(server, 'connection') as Promise<[NodeJS.EventEmitter]>;
    const stream = await nodeByteStreams.openSocket(path);
    const [theirs] = await connected;
    const gone = once(theirs, 'close');
    stream?.kill();
    expect(await stream?.read()).toBe(undefined);
    await Promise.all([stream?.ended, gone]);
  });

  it('where nobody listens is none', async () => {
    expect(await nodeByteStreams.openSocket(join(temporaryDirectory(), 'socket'))).toBe(undefined);
  });
});
