import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytewise, sortedEntries, sortedUnique } from './order.ts';

/** Any code points, with those near that UTF-16 and UTF-8 order differently, and common beginnings. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2 }),
      fc.constantFrom('a', 'A', '/', '-', '\u{e000}', '\u{ffff}', '\u{d7ff}', '\u{10000}', '\u{10ffff}', '😀', 'ä'),
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''));

describe('bytewise', () => {
  it('orders as the bytes of UTF-8 do', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(bytewise(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it('sorts as sorting the bytes does, whatever order it begins with', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), (texts) => {
        const bytes = texts.map((each) => Buffer.from(each)).sort((a, b) => Buffer.compare(a, b));
        expect([...texts].sort(bytewise)).toEqual(bytes.map((each) => each.toString()));
        expect([...texts].reverse().sort(bytewise)).toEqual([...texts].sort(bytewise));
      }),
    );
  });

  it('puts what is beyond the basic plane after U+E000 to U+FFFF, unlike UTF-16', () => {
    expect(['\u{10000}', '\u{e000}'].sort(bytewise)).toEqual(['\u{e000}', '\u{10000}']);
    expect(['\u{10000}', '\u{e000}'].sort()).toEqual(['\u{10000}', '\u{e000}']);
  });
});

it('sorts lists and maps of anything as sorting the bytes does', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), (texts) => {
      const sorted = [...new Set(texts)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(sortedUnique(texts)).toEqual(sorted);
      const map = new Map(texts.map((each) => [each, `${each}!`]));
      expect(sortedEntries(map)).toEqual(sorted.map((each) => [each, `${each}!`]));
    }),
  );
});

it('sortedUnique leaves its input as it is', () => {
  const values = ['b', 'a', 'b'];
  expect(sortedUnique(values)).toEqual(['a', 'b']);
  expect(values).toEqual(['b', 'a', 'b']);
});
