import type { ByteStream } from '../../host/ports.ts';

/** A connection whose other side is the test. */
export interface ScriptedStream extends ByteStream {
  /** All that was written so far. */
  readonly written: Uint8Array;
  readonly isKilled: boolean;
  readonly isEnded: boolean;
  /** The other side sends. */
  send(bytes: Uint8Array): void;
  /** The other side goes. */
  finish(how?: string): void;
}

/** `script`: what the other side sends without being asked, and then goes; undefined for a test that sends by itself. */
export function createScriptedStream(script?: readonly Uint8Array[]): ScriptedStream {
  const written: Uint8Array[] = [];
  const chunks: Uint8Array[] = [...(script ?? [])];
  let isOver = false;
  let isKilled = false;
  let isEnded = false;
  let wake = (): void => undefined;
  let tell: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (tell = resolve));
  const finish = (how = 'the other side has gone'): void => {
    isOver = true;
    tell(how);
    wake();
  };
  if (script !== undefined) finish();
  return {
    ended,
    finish,
    send(bytes) {
      chunks.push(bytes);
      wake();
    },
    async read() {
      while (chunks.length === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve));
      return chunks.shift();
    },
    write: (bytes) => void written.push(bytes),
    end() {
      isEnded = true;
      finish('the other side has gone, as it was asked to');
    },
    look: () => undefined,
    kill() {
      isKilled = true;
      chunks.length = 0;
      finish('the other side was killed');
    },
    get written() {
      return Buffer.concat(written);
    },
    get isKilled() {
      return isKilled;
    },
    get isEnded() {
      return isEnded;
    },
  };
}
