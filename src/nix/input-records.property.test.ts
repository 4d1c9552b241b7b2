import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecords, printRecord, type InputRecord } from './input-records.ts';

/** Paths may hold anything but a NUL; what is hostile here is what looks like a part of the format. */
const path = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a',
        '/',
        ' ',
        '\n',
        '\r',
        '\t',
        'c 1 a /nix/store/x\n',
        'l 2 ',
        '3',
        '-',
        '\\',
        '"',
        "''",
        '${x}',
      ),
      fc.constantFrom('ü', '日本', '😀', 'e\u0301', '\u{ffff}', '__proto__', '\uFEFF'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join('').replaceAll('\0', '-'));
const file = fc
  .tuple(fc.stringMatching(/^[0-9a-df-np-sv-z]{32,52}$/), fc.constantFrom('', '-a.h', '-source', '/lib/libx y.so'))
  .map(([hash, rest]) => `/${hash}${rest}`);
const record: fc.Arbitrary<InputRecord> = fc.record({ kind: fc.constantFrom('c' as const, 'l' as const), path, file });

const print = (records: readonly InputRecord[]): string => records.map(printRecord).join('');

describe('records of inputs', () => {
  it('are read as they were written, whatever a path is', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), (records) => {
        expect(parseRecords(print(records))).toEqual(records);
      }),
    );
  });

  it('count bytes, as Nix does', () => {
    expect(printRecord({ kind: 'c', path: 'ü/日.h', file: '/x' })).toBe('c 8 ü/日.h /x\n');
  });

  it('are refused where the last is cut off', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 3 }), fc.nat(), (records, at) => {
        const text = print(records);
        const lengths = records.map((each) => printRecord(each).length);
        const cut = 1 + (at % (lengths.at(-1)! - 1));
        expect(() => parseRecords(text.slice(0, text.length - cut))).toThrow('no list of inputs');
      }),
    );
  });

  it.each(['x 1 a /b\n', 'c one a /b\n', 'c 1.5 a /b\n', 'c 100 a /b\n', 'c', 'c 1', '\n', ' c 1 a /b\n'])(
    'are not %j',
    (text) => {
      expect(() => parseRecords(text)).toThrow('no list of inputs');
    },
  );
});
