/** Results that are kept between runs: a file with a line a scenario. */
import { SetupError } from '../main.mjs';

/**
 * @typedef {import('./report.mjs').Result & { run: import('./run-record.mjs').Run }} Kept
 */

/**
 * What is kept, with new results in the place of those of the same scenario.
 *
 * @param {readonly Kept[]} kept
 * @param {readonly Kept[]} results
 * @param {readonly string[]} order of all scenarios; what it does not have is forgotten
 * @returns {readonly Kept[]}
 */
export function merge(kept, results, order) {
  const byScenario = new Map([...kept, ...results].map((each) => [each.scenario, each]));
  return order.flatMap((scenario) => byScenario.get(scenario) ?? []);
}

/**
 * The runs of results, each once, in the order of their dates.
 *
 * @param {readonly Kept[]} kept
 */
export const runsOf = (kept) =>
  [...new Map(kept.map(({ run }) => [run.date, run])).values()].sort((a, b) => (a.date < b.date ? -1 : 1));

/** @param {readonly Kept[]} kept */
export function printRecord(kept) {
  const runs = runsOf(kept).map((run) => `    ${JSON.stringify(run)}`);
  const results = kept.map(({ run, ...result }) => `    ${JSON.stringify({ ...rounded(result), run: run.date })}`);
  return `{\n  "runs": [\n${runs.join(',\n')}\n  ],\n  "results": [\n${results.join(',\n')}\n  ]\n}\n`;
}

/**
 * @param {string} text as {@link printRecord} made it
 * @returns {readonly Kept[]}
 */
export function readRecord(text) {
  const { runs, results } =
    /** @type {{ runs: import('./run-record.mjs').Run[], results: (import('./report.mjs').Result & { run: string })[] }} */ (
      JSON.parse(text)
    );
  return results.map((result) => {
    const run = runs.find(({ date }) => date === result.run);
    if (run === undefined) throw new SetupError('failed', `${result.scenario} is of a run that is not recorded`);
    return { ...result, run };
  });
}

/**
 * Hundredths of a millisecond: what is below that is nobody's.
 *
 * @template T
 * @param {T} value
 * @returns {T}
 */
const rounded = (value) =>
  /** @type {T} */ (
    JSON.parse(
      JSON.stringify(value, (_, each) =>
        typeof each === 'number' && !Number.isInteger(each)
          ? Math.round(each * 100) / 100
          : /** @type {unknown} */ (each),
      ),
    )
  );
