/**
 * Bytewise (UTF-8) order, the only order used in anything that is written or hashed: it depends on no locale, and it
 * is the order in which Nix sorts attribute names. UTF-16 code units would put U+10000 and above before U+E000.
 */
export function bytewise(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates (code points from U+10000) above the rest of the basic plane, which is where UTF-8 has them. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** A sorted copy without duplicates. */
export const sortedUnique = <T extends string>(values: Iterable<T>): readonly T[] => sorted([...new Set(values)]);

/** The entries of a map by their keys. */
export const sortedEntries = <K extends string, V>(map: ReadonlyMap<K, V>): readonly (readonly [K, V])[] =>
  sorted([...map.keys()]).map((key) => [key, map.get(key) as V]);

/** In place. Where nothing is beyond the basic plane, the order of code units is the same, and the engine's own sort fast. */
const sorted = <T extends string>(values: T[]): readonly T[] =>
  values.some((value) => surrogate.test(value)) ? values.sort(bytewise) : values.sort();

const surrogate = /[\ud800-\udfff]/;
