import { expect, it } from 'vitest';
import { median, pairRatio, spread } from './statistics.mjs';

it('takes the middle one, or the mean of the two in the middle, of values in any order', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 2, 4, 1])).toBe(3);
  expect(median([7])).toBe(7);
});

it('spans from the least to the greatest', () => {
  expect(spread([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 });
});

it('compares round by round, so that one slow phase of the machine does not count for one side', () => {
  expect(pairRatio([20, 200, 22], [10, 100, 11])).toBe(2);
});

it('refuses to pair what does not pair up', () => {
  expect(() => pairRatio([1, 2], [1])).toThrow('2 values, 1 to compare with');
});
