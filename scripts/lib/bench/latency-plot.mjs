import { plotSvg } from './plot.mjs';
import { median } from './statistics.mjs';

/** Apart for those who do not tell red from green. @type {Readonly<Record<string, string>>} */
const colours = {
  'makenix watch': '#0072b2',
  'makenix watch, cli engine': '#56b4e9',
  ninja: '#d55e00',
  'raw gcc': '#777777',
  'plain nix build': '#cc79a7',
};

const isLeafEdit = /^(lua|redis|tiny-\d+)\/leaf-edit$/;
const isTiny = (/** @type {import('./report.mjs').Result} */ { scenario }) => scenario.startsWith('tiny-');

/**
 * How long an edit of a leaf takes in projects of one kind and different sizes, and in real ones.
 *
 * @param {readonly import('./report.mjs').Result[]} results
 * @returns {string | undefined} undefined where nothing was measured of it
 */
export function latencyPlot(results) {
  const edits = results.filter(({ scenario }) => isLeafEdit.test(scenario));
  if (edits.length === 0) return undefined;
  const pointOf = (/** @type {string} */ who) => (/** @type {import('./report.mjs').Result} */ result) => {
    const found = result.measured.find(({ name }) => name === who);
    return found === undefined ? [] : [{ x: result.units, y: median(found.samples.map(({ ms }) => ms)) }];
  };
  const series = Object.entries(colours).map(([name, colour]) => ({
    name,
    colour,
    line: edits.filter(isTiny).flatMap(pointOf(name)),
    points: edits.filter((edit) => !isTiny(edit)).flatMap(pointOf(name)),
  }));
  const ms = series.flatMap(({ line, points }) => [...line, ...points]).map(({ y }) => y);
  const bySize = [...edits].sort((a, b) => a.units - b.units);
  return plotSvg({
    title: 'From a saved edit of one unit to the linked program (medians)',
    xTitle: 'units of the project: lines are of generated ones, diamonds of real ones',
    xTicks: bySize.map((edit) => ({
      at: edit.units,
      text: isTiny(edit) ? edit.units.toLocaleString('en') : edit.project.replace(/ .*/, ''),
    })),
    yTicks: spanningTicks(Math.min(...ms), Math.max(...ms)),
    series: series.filter(({ line, points }) => line.length + points.length > 0),
  });
}

/**
 * 1, 2 and 5 of each power of ten, from the last below to the first above.
 *
 * @param {number} low milliseconds
 * @param {number} high
 */
function spanningTicks(low, high) {
  const steps = [1, 10, 100, 1000, 10_000, 100_000].flatMap((power) => [1, 2, 5].map((digit) => digit * power));
  const first = steps.findLast((step) => step <= low) ?? 1;
  const last = steps.find((step) => step >= high) ?? Infinity;
  return steps
    .filter((step) => step >= first && step <= last)
    .map((at) => ({ at, text: at >= 1000 ? `${at / 1000} s` : `${at} ms` }));
}
