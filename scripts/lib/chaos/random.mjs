/** Random numbers that a seed repeats. The method is mulberry32: 32 bits of state, good enough to choose moments by. */

/**
 * @typedef {object} Random
 * @property {(end: number) => number} below a whole number from 0, less than `end`
 * @property {(probability: number) => boolean} chance
 * @property {<T>(items: readonly T[]) => T | undefined} pick undefined of none
 */

/**
 * @param {number} seed
 * @returns {Random}
 */
export function seeded(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (/** @type {number} */ end) => Math.floor(next() * end);
  return { below, chance: (probability) => next() < probability, pick: (items) => items[below(items.length)] };
}
