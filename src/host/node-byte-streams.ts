import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { lookAtChild, nothingLeft } from './node-process-look.ts';
import { graceMs, killGroup, splitLines } from './node-processes.ts';
import type { ByteStream, ByteStreams, ProcessLook } from './ports.ts';

/** How long the standard error of a process that has ended is waited for. */
const lastWordsMs = 100;

/** Beyond this many bytes that nobody has read, the other side has to wait. */
const readAhead = 1024 * 1024;

/** Lines of stderr that are longer come in pieces. */
const longestLine = 64 * 1024;

export const nodeByteStreams: ByteStreams = {
  openProcess({ file, args, env, onStderrLine }) {
    const child = spawn(file, args, {
      // A group of its own: what it started ends with it, and a Ctrl-C at the terminal is ours to pass on.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(env === undefined ? {} : { env }),
    });
    splitLines(child.stderr, onStderrLine ?? (() => undefined), longestLine);
    let timer: NodeJS.Timeout | undefined;
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => {
        resolve(`${file} cannot be started: ${error.message}`);
      });
      child.once('exit', (exitCode, signal) => {
        clearTimeout(timer);
        const how = signal === null ? `ended with exit code ${exitCode ?? 0}` : `was ended by ${signal}`;
        const tell = (): void => {
          clearTimeout(timer);
          resolve(`${file} ${how}`);
        };
        // Its last words, unless something that outlives it keeps them open.
        child.stderr.once('close', tell);
        timer = setTimeout(tell, lastWordsMs);
        if (child.stderr.closed) tell();
      });
    });
    const isGone = (): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    const look = (): ProcessLook | undefined => (isGone() ? nothingLeft : lookAtChild(child.pid ?? 0));
    return byteStream(child.stdout, child.stdin, ended, look, () => {
      // Closed pipes are what Nix watches for: it ends its builders, cleans up behind them, and itself.
      child.stdin.destroy();
      child.stdout.destroy();
      const { pid } = child;
      if (pid === undefined || isGone()) return;
      killGroup(pid, 'SIGTERM');
      // One that is stopped takes note of nothing before.
      killGroup(pid, 'SIGCONT');
      timer ??= setTimeout(() => {
        killGroup(pid, 'SIGKILL');
      }, graceMs);
    });
  },
  openSocket: (path) =>
    new Promise((resolve) => {
      const socket = createConnection({ path });
      const ended = new Promise<string>((end) => {
        socket.once('close', () => {
          resolve(undefined);
          end(`${path} was closed`);
        });
      });
      socket.on('error', () => undefined);
      socket.once('connect', () => {
        const look = (): undefined => undefined;
        resolve(byteStream(socket, socket, ended, look, () => socket.destroy()));
      });
    }),
};

function byteStream(
  input: Readable,
  output: Writable,
  ended: Promise<string>,
  look: ByteStream['look'],
  kill: () => void,
): ByteStream {
  const chunks: Uint8Array[] = [];
  let unread = 0;
  let isOver = false;
  let wake: (() => void) | undefined;
  const changed = (): void => {
    wake?.();
    wake = undefined;
  };
  input.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk);
    unread += chunk.length;
    if (unread > readAhead) input.pause();
    changed();
  });
  const over = (): void => {
    isOver = true;
    changed();
  };
  for (const event of ['end', 'error', 'close']) input.once(event, over);
  // Whatever cannot be written any more; the end is told by `input`.
  output.on('error', () => undefined);
  return {
    ended,
    look,
    async read() {
      while (chunks.length === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve));
      const chunk = chunks.shift();
      unread -= chunk?.length ?? 0;
      if (unread <= readAhead && input.isPaused()) input.resume();
      return chunk;
    },
    write(bytes) {
      if (output.writable) output.write(bytes);
    },
    end() {
      if (output.writable) output.end();
    },
    kill() {
      chunks.length = 0;
      over();
      kill();
    },
  };
}
