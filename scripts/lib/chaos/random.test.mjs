import { expect, it } from 'vitest';
import { seeded } from './random.mjs';

const draw = (/** @type {number} */ seed) => {
  const { below, chance, pick } = seeded(seed);
  return Array.from({ length: 200 }, () => [below(10), chance(0.5), pick(['a', 'b'])]);
};

it('gives the same for the same seed, and something else for another', () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

it('gives all there is, and nothing beyond', () => {
  const random = seeded(1);
  const drawn = new Set(Array.from({ length: 500 }, () => random.below(10)));
  expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([random.chance(0), random.chance(1), random.pick(/** @type {string[]} */ ([]))]).toEqual([
    false,
    true,
    undefined,
  ]);
});
