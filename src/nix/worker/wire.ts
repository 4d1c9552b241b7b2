import { StreamEnded, WireError } from './failure.ts';

/*
 * How the worker protocol writes things down. Source, in nix: src/libutil/serialise.{hh,cc} (`writeString`, `readNum`,
 * `FramedSource`), src/libstore/common-protocol-impl.hh (lists and maps).
 *
 * Numbers are 64 bits, little-endian. Strings are bytes behind their length, with zeros up to a multiple of 8. Lists and
 * maps are their items behind their number. Framed data is `(length, bytes without padding)*` and a length of 0.
 */

/** A string as the protocol has it: text is taken as UTF-8. */
export type WireString = string | Uint8Array;

export interface WireWriter {
  number(value: number | bigint): WireWriter;
  boolean(value: boolean): WireWriter;
  string(value: WireString): WireWriter;
  strings(values: Iterable<WireString>): WireWriter;
  /** In the order of the map: the reader sorts. */
  map(entries: ReadonlyMap<string, WireString>): WireWriter;
  framed(data: Uint8Array): WireWriter;
  /** All that was written. */
  bytes(): Uint8Array;
}

/** Data goes in frames of this size at most, since the reader takes a frame into memory as a whole. */
const frameSize = 64 * 1024;

export function createWireWriter(): WireWriter {
  // One buffer that grows: a link of a thousand objects is some ten thousand pieces.
  let buffer = Buffer.alloc(1024);
  let length = 0;
  /** Where the next `more` bytes go, which are zeros. */
  const advance = (more: number): number => {
    if (length + more > buffer.length) {
      const larger = Buffer.alloc(2 * (length + more));
      buffer.copy(larger, 0, 0, length);
      buffer = larger;
    }
    length += more;
    return length - more;
  };
  const writer: WireWriter = {
    number(value) {
      const at = advance(wordSize);
      if (typeof value === 'number' && value >= 0 && value <= 0xffffffff) buffer.writeUInt32LE(value, at);
      else buffer.writeBigUInt64LE(BigInt(value), at);
      return writer;
    },
    boolean: (value) => writer.number(value ? 1 : 0),
    string(value) {
      const size = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
      writer.number(size);
      const at = advance(size + paddingOf(size));
      if (typeof value === 'string') buffer.write(value, at);
      else buffer.set(value, at);
      return writer;
    },
    strings(values) {
      const list = [...values];
      writer.number(list.length);
      for (const value of list) writer.string(value);
      return writer;
    },
    map(entries) {
      writer.number(entries.size);
      for (const [key, value] of entries) writer.string(key).string(value);
      return writer;
    },
    framed(data) {
      for (let at = 0; at < data.length; at += frameSize) {
        const frame = data.subarray(at, at + frameSize);
        writer.number(frame.length);
        const start = advance(frame.length);
        buffer.set(frame, start);
      }
      return writer.number(0);
    },
    bytes: () => buffer.subarray(0, length),
  };
  return writer;
}

const wordSize = 8;

const paddingOf = (length: number): number => (wordSize - (length % wordSize)) % wordSize;

/** Bytes as they come, in pieces of any size; undefined is the end. */
export interface ByteSource {
  read(): Promise<Uint8Array | undefined>;
}

/** What a peer may make us keep in memory. */
export interface WireLimits {
  /** Bytes of one string. */
  readonly string: number;
  /** Items of one list or map. */
  readonly items: number;
  /** Bytes between two calls of `startMessage`. */
  readonly message: number;
}

export const defaultLimits: WireLimits = { string: 16 * 1024 * 1024, items: 1_000_000, message: 256 * 1024 * 1024 };

/** Each throws `StreamEnded` where the bytes end too early, and `WireError` where they mean nothing. */
export interface WireReader {
  /** What was read so far no longer counts against the limit of a message. */
  startMessage(): void;
  number(): Promise<number>;
  /** For what needs all 64 bits, as the ids of activities do. */
  bigint(): Promise<bigint>;
  boolean(): Promise<boolean>;
  bytes(): Promise<Uint8Array>;
  /** Taken as UTF-8, whatever it is: log lines can be any bytes. */
  string(): Promise<string>;
  list<T>(item: () => Promise<T>): Promise<readonly T[]>;
  strings(): Promise<readonly string[]>;
  map<V>(value: () => Promise<V>): Promise<ReadonlyMap<string, V>>;
  framed(): Promise<Uint8Array>;
}

export function createWireReader(source: ByteSource, limits: WireLimits = defaultLimits): WireReader {
  /** What has come and was not asked for yet; grows by what comes and never by what is announced. */
  let waiting: Uint8Array[] = [];
  let available = 0;
  let taken = 0;

  const take = async (length: number): Promise<Buffer> => {
    taken += length;
    if (taken > limits.message) throw new WireError(`a message of more than ${limits.message} bytes`);
    while (available < length) {
      const chunk = await source.read();
      if (chunk === undefined) throw new StreamEnded();
      waiting.push(chunk);
      available += chunk.length;
    }
    const [first, ...rest] = waiting;
    const all = first !== undefined && first.length >= length ? first : Buffer.concat(waiting);
    const left = all.subarray(length);
    waiting = all === first ? [left, ...rest] : [left];
    if (left.length === 0) waiting.shift();
    available -= length;
    return Buffer.from(all.buffer, all.byteOffset, length);
  };

  const within = (value: number, limit: number, what: string): number => {
    if (value > limit) throw new WireError(`${what} ${value} where ${limit} is the most`);
    return value;
  };

  const reader: WireReader = {
    startMessage() {
      taken = 0;
    },
    bigint: async () => (await take(8)).readBigUInt64LE(),
    async number() {
      const value = Number(await reader.bigint());
      if (!Number.isSafeInteger(value)) throw new WireError(`a number of ${value}`);
      return value;
    },
    boolean: async () => (await reader.bigint()) !== 0n,
    async bytes() {
      const length = within(await reader.number(), limits.string, 'a string of length');
      const padded = await take(length + paddingOf(length));
      if (padded.subarray(length).some((byte) => byte !== 0)) throw new WireError('padding that is not zero');
      return padded.subarray(0, length);
    },
    string: async () => Buffer.from(await reader.bytes()).toString(),
    async list(item) {
      const items = [];
      const length = within(await reader.number(), limits.items, 'a list of length');
      for (let i = 0; i < length; i++) items.push(await item());
      return items;
    },
    strings: () => reader.list(() => reader.string()),
    async map(value) {
      return new Map(await reader.list(async () => [await reader.string(), await value()] as const));
    },
    async framed() {
      const frames: Uint8Array[] = [];
      for (;;) {
        const length = within(await reader.number(), limits.string, 'a frame of length');
        if (length === 0) return Buffer.concat(frames);
        frames.push(await take(length));
      }
    },
  };
  return reader;
}
