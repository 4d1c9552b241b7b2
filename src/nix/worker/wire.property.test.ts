import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamEnded, WireError } from './failure.ts';
import { createWireReader, createWireWriter, defaultLimits, type WireReader, type WireWriter } from './wire.ts';

interface Item {
  readonly value: unknown;
  write(writer: WireWriter): WireWriter;
  read(reader: WireReader): Promise<unknown>;
}

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

/** Values of every kind, each with how it is written and read. */
const item: fc.Arbitrary<Item> = fc.oneof(
  fc
    .maxSafeNat()
    .map((value) => ({ value, write: (w: WireWriter) => w.number(value), read: (r: WireReader) => r.number() })),
  fc
    .bigInt(0n, 2n ** 64n - 1n)
    .map((value) => ({ value, write: (w: WireWriter) => w.number(value), read: (r: WireReader) => r.bigint() })),
  fc
    .boolean()
    .map((value) => ({ value, write: (w: WireWriter) => w.boolean(value), read: (r: WireReader) => r.boolean() })),
  text.map((value) => ({ value, write: (w: WireWriter) => w.string(value), read: (r: WireReader) => r.string() })),
  bytes.map((value) => ({ value, write: (w: WireWriter) => w.string(value), read: (r: WireReader) => r.bytes() })),
  fc
    .array(text, { maxLength: 4 })
    .map((value) => ({ value, write: (w: WireWriter) => w.strings(value), read: (r: WireReader) => r.strings() })),
  fc
    .array(fc.tuple(text, text), { maxLength: 4 })
    .map((entries) => new Map(entries))
    .map((value) => ({
      value,
      write: (w: WireWriter) => w.map(value),
      read: (r: WireReader) => r.map(() => r.string()),
    })),
  bytes.map((value) => ({ value, write: (w: WireWriter) => w.framed(value), read: (r: WireReader) => r.framed() })),
);

const items = fc.array(item, { minLength: 1, maxLength: 6 });

const write = (values: readonly Item[]): Uint8Array => {
  const writer = createWireWriter();
  for (const value of values) value.write(writer);
  return writer.bytes();
};

/** The same bytes in pieces, cut at any places; some pieces are empty. */
const source = (whole: Uint8Array, cuts: readonly number[] = []) => {
  const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  const pieces = places.slice(1).map((end, i) => whole.subarray(places[i], end));
  return { read: async () => pieces.shift() };
};

const readAll = async (reader: WireReader, values: readonly Item[]): Promise<unknown[]> => {
  const read = [];
  for (const value of values) read.push(await value.read(reader));
  return read;
};

const asPlain = (value: unknown): unknown => (value instanceof Uint8Array ? [...value] : value);

describe('the wire', () => {
  it('gives back what was written, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(items, fc.array(fc.nat(), { maxLength: 12 }), async (values, cuts) => {
        const reader = createWireReader(source(write(values), cuts));
        const read = await readAll(reader, values);
        expect(read.map(asPlain)).toEqual(values.map(({ value }) => asPlain(value)));
        await expect(reader.bigint()).rejects.toThrow(StreamEnded);
      }),
    );
  });

  it('keeps to multiples of 8 but for framed data', () => {
    fc.assert(fc.property(text, (value) => createWireWriter().string(value).bytes().length % 8 === 0));
  });

  it('says so wherever it is cut short', async () => {
    await fc.assert(
      fc.asyncProperty(items, fc.nat(), async (values, cut) => {
        const whole = write(values);
        const part = whole.subarray(0, cut % whole.length);
        await expect(readAll(createWireReader(source(part)), values)).rejects.toThrow(StreamEnded);
      }),
    );
  });

  it('takes any bytes for something, for too few, or for nothing that it knows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), items, async (garbage, values) => {
        const outcome = await readAll(createWireReader(source(garbage)), values).catch((error: unknown) => error);
        expect(Array.isArray(outcome) || outcome instanceof StreamEnded || outcome instanceof WireError).toBe(true);
      }),
    );
  });
});

describe('limits', () => {
  const limits = { ...defaultLimits, string: 16, items: 3, message: 64 };
  const readerOf = (write: (writer: WireWriter) => WireWriter) =>
    createWireReader(source(write(createWireWriter()).bytes()), limits);

  it.each([
    ['a string', (w: WireWriter) => w.number(17), (r: WireReader) => r.string(), 'a string of length 17'],
    ['a list', (w: WireWriter) => w.number(4), (r: WireReader) => r.strings(), 'a list of length 4'],
    ['a frame', (w: WireWriter) => w.number(2 ** 40), (r: WireReader) => r.framed(), 'a frame of length 1099511627776'],
    ['a number', (w: WireWriter) => w.number(2n ** 60n), (r: WireReader) => r.number(), 'a number of 115292150460684'],
  ])('hold for %s, before anything of it has come', async (_what, write, read, problem) => {
    await expect(read(readerOf(write))).rejects.toThrow(problem);
  });

  it('hold for a message, and each has its own', async () => {
    const reader = readerOf((w) => w.strings(['a', 'b', 'c']).strings(['a', 'b', 'c']));
    await reader.strings();
    reader.startMessage();
    await reader.strings();
    const other = readerOf((w) => w.strings(['a', 'b', 'c']).strings(['a', 'b', 'c']));
    await other.strings();
    await expect(other.strings()).rejects.toThrow('a message of more than 64 bytes');
  });

  it('padding has to be zero', async () => {
    const whole = Buffer.from(createWireWriter().string('abc').bytes());
    whole[15] = 1;
    await expect(createWireReader(source(whole)).string()).rejects.toThrow('padding that is not zero');
  });
});

it('sends data in frames of 64 KiB', async () => {
  const data = Buffer.alloc(150_000, 'x');
  const framed = createWireWriter().framed(data).bytes();
  expect(framed.length).toBe(150_000 + 4 * 8);
  expect(Buffer.compare(await createWireReader(source(framed)).framed(), data)).toBe(0);
});
