/**
 * One thing measured once.
 *
 * @typedef {object} Sample
 * @property {number} ms
 * @property {Readonly<Record<string, number | undefined>>} [parts] milliseconds within it, by what they are
 * @property {number} [steps] compilers, archivers and linkers that ran, where that is known
 * @property {number} [peakMemory] bytes of resident memory, of makenix's own process
 */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {(round: number) => Promise<Sample>} round what it does outside of the figures it returns is not measured
 */

/**
 * @typedef {object} Measured
 * @property {string} name
 * @property {readonly Sample[]} samples one a round
 */

/**
 * Lets all do round 0, then all do round 1, and so on: a slow phase of the machine meets each of them, and figures of
 * one round make pairs. Warm-up rounds have numbers below 0 and leave nothing behind.
 *
 * @param {readonly Contender[]} contenders
 * @param {{ warmups: number, rounds: number, signal: AbortSignal, onRound?: (round: number) => void }} options
 * @returns {Promise<readonly Measured[]>}
 */
export async function measure(contenders, { warmups, rounds, signal, onRound = () => undefined }) {
  const measured = contenders.map(({ name, round }) => ({ name, round, samples: /** @type {Sample[]} */ ([]) }));
  for (let number = -warmups; number < rounds; number++) {
    onRound(number);
    for (const { round, samples } of measured) {
      signal.throwIfAborted();
      const sample = await round(number);
      if (number >= 0) samples.push(sample);
    }
  }
  return measured.map(({ name, samples }) => ({ name, samples }));
}
