/** Results as Markdown, for a README. */
import { pairRatio, spread } from './statistics.mjs';

/**
 * @typedef {object} Result
 * @property {string} scenario `lua/leaf-edit`
 * @property {string} project title
 * @property {string} title
 * @property {readonly string[] | undefined} [references] of the scenario, if it has its own
 * @property {readonly import('./measure.mjs').Measured[]} measured
 */

/** Whom others are compared with, where they took part and the scenario does not name others. */
const usual = ['ninja', 'raw gcc'];

/**
 * @param {import('./machine.mjs').Machine} machine
 * @param {readonly Result[]} results
 */
export function markdown(machine, results) {
  const { versions } = machine;
  const place = machine.fileSystem === 'tmpfs' ? 'in memory (tmpfs)' : `on ${machine.fileSystem}, not in memory`;
  return [
    `${machine.processor}, ${machine.processors} processors, ${gigabytes(machine.memory)}, ${machine.system};`,
    `trees and stores ${place}; load before the run ${machine.load.toFixed(1)}; ${machine.date.slice(0, 10)}.`,
    `makenix ${versions.makenix}, Nix ${versions.nix}, gcc ${versions.gcc}, ninja ${versions.ninja}, Node ${versions.node}.`,
    '',
    ...tables(results),
  ].join('\n');
}

/**
 * A table for each choice of whom to compare with.
 *
 * @param {readonly Result[]} results
 */
function tables(results) {
  const choice = (/** @type {Result} */ { references = usual }) => references.join('\n');
  const choices = new Set(results.map(choice));
  return [...choices].flatMap((chosen) => {
    const theirs = results.filter((result) => choice(result) === chosen);
    return [...table(chosen.split('\n'), theirs), ''];
  });
}

/**
 * @param {readonly string[]} references
 * @param {readonly Result[]} results
 */
function table(references, results) {
  const columns = references.map((name) => `× ${name}`);
  return [
    `| ${['project', 'scenario', 'by', 'median', 'min', 'max', ...columns, 'of it (medians)', 'runs'].join(' | ')} |`,
    `| --- | --- | --- | ---: | ---: | ---: | ${references.map(() => '---: | ').join('')}--- | ---: |`,
    ...results.flatMap((result) => rows(result, references)),
  ];
}

/**
 * @param {Result} result
 * @param {readonly string[]} references
 */
function rows({ project, title, measured }, references) {
  return measured.map(({ name, samples }, position) => {
    const times = samples.map(({ ms }) => ms);
    const { median, min, max } = spread(times);
    const ratios = references.map((reference) => {
      const other = measured.find((each) => each.name === reference);
      if (other === undefined || reference === name) return '';
      return pairRatio(
        times,
        other.samples.map(({ ms }) => ms),
      ).toFixed(2);
    });
    const label = position === 0 ? [project, title] : ['', ''];
    const cells = [...label, name, ...[median, min, max].map(duration), ...ratios, details(samples), samples.length];
    return `| ${cells.join(' | ')} |`;
  });
}

/** @param {readonly import('./measure.mjs').Sample[]} samples */
function details(samples) {
  const names = new Set(samples.flatMap(({ parts = {} }) => Object.keys(parts)));
  const of = (/** @type {(number | undefined)[]} */ values) => spread(values.filter((value) => value !== undefined));
  const times = [...names].map((name) => `${name} ${duration(of(samples.map(({ parts }) => parts?.[name])).median)}`);
  const memory = samples.flatMap(({ peakMemory }) => peakMemory ?? []);
  if (memory.length > 0) times.push(`peak memory ${(Math.max(...memory) / 1e6).toFixed(0)} MB`);
  return times.join(', ');
}

/** @param {number} ms */
function duration(ms) {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

const gigabytes = (/** @type {number} */ bytes) => `${(bytes / 1024 ** 3).toFixed(0)} GB`;
