import { expect, it } from 'vitest';
import { LimitedMap } from './limited-map.ts';

it('has as many entries as it may, those that were set last', () => {
  const map = new LimitedMap<string, number>(3);
  for (let n = 1; n <= 1000; n++) {
    map.set(`key ${n}`, n);
    expect(map.size).toBe(Math.min(n, 3));
  }
  expect([...map]).toEqual([
    ['key 998', 998],
    ['key 999', 999],
    ['key 1000', 1000],
  ]);
});

it('loses nothing to an entry that is set again', () => {
  const map = new LimitedMap<string, number>(2);
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
  ] as const)
    map.set(key, value);
  expect([...map]).toEqual([
    ['a', 3],
    ['b', 2],
  ]);
});
