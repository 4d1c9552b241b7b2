/** Results as Markdown. */
import { pairRatio, spread } from './statistics.mjs';

/**
 * @typedef {object} Result
 * @property {string} scenario `lua/leaf-edit`
 * @property {string} project title
 * @property {number} units of the project
 * @property {string} title
 * @property {readonly string[] | undefined} [references] of the scenario, if it has its own
 * @property {readonly import('./scenario.mjs').LeftOut[] | undefined} [leftOut]
 * @property {readonly import('./measure.mjs').Measured[]} measured
 */

/**
 * What a row begins with.
 *
 * @typedef {object} Label
 * @property {readonly string[]} headings
 * @property {(result: Result) => readonly string[]} cells
 */

/** Whom others are compared with, where they took part and the scenario does not name others. */
const usual = ['ninja', 'raw gcc'];

/** @type {Label} */
const byProject = { headings: ['project', 'scenario'], cells: ({ project, title }) => [project, title] };

/**
 * @param {import('./machine.mjs').Machine} machine
 * @param {readonly Result[]} results
 */
export const markdown = (machine, results) =>
  [...machineLines(machine), '', ...resultTables(results, byProject)].join('\n');

/** @param {import('./machine.mjs').Machine} machine */
export function machineLines(machine) {
  const { versions } = machine;
  const place = machine.fileSystem === 'tmpfs' ? 'in memory (tmpfs)' : `on ${machine.fileSystem}, not in memory`;
  return [
    `${machine.processor}, ${machine.processors} processors, ${gigabytes(machine.memory)}, ${machine.system};`,
    `trees and stores ${place}; load before the run ${machine.load.toFixed(1)}; ${machine.date.slice(0, 10)}.`,
    `makenix ${versions.makenix}, Nix ${versions.nix}, gcc ${versions.gcc}, ninja ${versions.ninja}, Node ${versions.node}.`,
  ];
}

/**
 * A table for each choice of whom to compare with.
 *
 * @param {readonly Result[]} results
 * @param {Label} label
 */
export function resultTables(results, label) {
  const choice = (/** @type {Result} */ { references = usual }) => references.join('\n');
  const choices = new Set(results.map(choice));
  return [...choices].flatMap((chosen) => {
    const theirs = results.filter((result) => choice(result) === chosen);
    return [...table(chosen.split('\n'), theirs, label), ''];
  });
}

/**
 * @param {readonly string[]} references
 * @param {readonly Result[]} results
 * @param {Label} label
 */
function table(references, results, label) {
  const columns = references.map((name) => `× ${name}`);
  const texts = [...label.headings, 'by'];
  return [
    `| ${[...texts, 'median', 'min', 'max', ...columns, 'of it (medians)', 'runs'].join(' | ')} |`,
    `| ${texts.map(() => '--- | ').join('')}---: | ---: | ---: | ${references.map(() => '---: | ').join('')}--- | ---: |`,
    ...results.flatMap((result) => rows(result, references, label.cells(result))),
  ];
}

/**
 * @param {Result} result
 * @param {readonly string[]} references
 * @param {readonly string[]} label
 */
function rows({ measured }, references, label) {
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
    const first = position === 0 ? label : label.map(() => '');
    const cells = [...first, name, ...[median, min, max].map(duration), ...ratios, details(samples), samples.length];
    return `| ${cells.join(' | ')} |`;
  });
}

/** @param {readonly import('./measure.mjs').Sample[]} samples */
function details(samples) {
  const names = new Set(samples.flatMap(({ parts = {} }) => Object.keys(parts)));
  const of = (/** @type {(number | undefined)[]} */ values) => spread(values.filter((value) => value !== undefined));
  const said = [...names].map((name) => `${name} ${duration(of(samples.map(({ parts }) => parts?.[name])).median)}`);
  const steps = samples.flatMap((sample) => sample.steps ?? []);
  if (steps.length > 0) said.push(stepCount(spread(steps).median));
  const memory = samples.flatMap(({ peakMemory }) => peakMemory ?? []);
  if (memory.length > 0) said.push(`peak memory ${megabytes(Math.max(...memory))}`);
  return said.join(', ');
}

const stepCount = (/** @type {number} */ steps) => `${steps} ${steps === 1 ? 'step' : 'steps'}`;

/** @param {number} ms */
export function duration(ms) {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

const gigabytes = (/** @type {number} */ bytes) => `${(bytes / 1024 ** 3).toFixed(0)} GB`;
