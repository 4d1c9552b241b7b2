/** @param {readonly number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/**
 * @param {readonly number[]} values at least one
 * @returns {{ median: number, min: number, max: number }}
 */
export const spread = (values) => ({ median: median(values), min: Math.min(...values), max: Math.max(...values) });

/**
 * How many times as long, round by round: both of a pair met the same state of the machine, which the ratio of two
 * medians does not say.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} reference as many
 */
export function pairRatio(values, reference) {
  if (values.length !== reference.length)
    throw new Error(`${values.length} values, ${reference.length} to compare with`);
  return median(values.map((value, round) => value / (reference[round] ?? NaN)));
}
