/** What makenix is to be as fast as, and whether it was: of results alone. */
import { SetupError } from '../main.mjs';
import { buildNames, watchNames } from './contenders.mjs';
import { median, pairRatio } from './statistics.mjs';

/** @typedef {import('./report.mjs').Result} Result */

/**
 * @typedef {object} Target
 * @property {string} scenario
 * @property {string} title
 * @property {number} limit
 * @property {'times' | 'ms'} unit
 * @property {boolean} [isBelow] the limit itself does not do
 * @property {(result: Result) => number} value
 */

const watch = watchNames.daemon;
const build = buildNames.daemon;

/** @type {(who: string, reference: string) => (result: Result) => number} */
const ratio = (who, reference) => (result) => pairRatio(timesOf(result, who), timesOf(result, reference));

/** @type {(who: string) => (result: Result) => number} */
const time = (who) => (result) => median(timesOf(result, who));

/** @type {(part: string) => (result: Result) => number} */
const part = (name) => (result) => median(samplesOf(result, watch).flatMap(({ parts }) => parts?.[name] ?? []));

/** All that have an edit of a leaf, in the order of the table. */
const projects = ['lua', 'redis', 'tiny-100', 'tiny-1000', 'tiny-10000'];

/** @type {readonly Target[]} */
export const targets = [
  times('lua/leaf-edit', 'edit of a leaf, to the linked program', 1.25, watch, 'ninja'),
  times('redis/leaf-edit', 'edit of a leaf, to the linked program', 1.1, watch, 'ninja'),
  times('tiny-1000/leaf-edit', 'edit of a leaf, to the linked program', 1.5, watch, 'raw gcc'),
  {
    scenario: 'tiny-1000/leaf-edit',
    title: 'own share of an edit of a leaf',
    limit: 15,
    unit: 'ms',
    value: part('own share'),
  },
  {
    scenario: 'tiny-10000/leaf-edit',
    title: 'own share of an edit of a leaf',
    limit: 50,
    unit: 'ms',
    value: part('own share'),
  },
  ...projects.map((name) => ({
    scenario: `${name}/leaf-edit`,
    title: 'from the save to the start of the compiler',
    limit: 40,
    unit: /** @type {const} */ ('ms'),
    value: part('first step started'),
  })),
  times('lua/cold-build', 'first build', 1.15, build, 'ninja'),
  times('redis/cold-build', 'first build', 1.1, build, 'ninja'),
  times('tiny-1000/cold-build', 'first build', 2.5, build, 'ninja'),
  ...projects.flatMap((name) => [
    { ...times(`${name}/revert`, 'an edit taken back, which compiles nothing', 1, watch, 'ninja'), isBelow: true },
    {
      ...times(`${name}/branch-switch`, 'a switch of branch, which compiles nothing', 1, watch, 'ninja'),
      isBelow: true,
    },
  ]),
  { scenario: 'tiny-1000/no-op', title: 'nothing to do, whole process', limit: 250, unit: 'ms', value: time(build) },
];

/**
 * @param {string} scenario
 * @param {string} title
 * @param {number} limit
 * @param {string} who
 * @param {string} reference
 * @returns {Target}
 */
function times(scenario, title, limit, who, reference) {
  return { scenario, title: `${title}, × ${reference}`, limit, unit: 'times', value: ratio(who, reference) };
}

/**
 * @param {Target} target
 * @param {Result} result of its scenario
 * @returns {{ value: number, isMet: boolean }}
 */
export function judge({ limit, isBelow = false, value: valueOf }, result) {
  const value = valueOf(result);
  return { value, isMet: isBelow ? value < limit : value <= limit };
}

/**
 * @param {Result} result
 * @param {string} who
 */
function samplesOf({ scenario, measured }, who) {
  const found = measured.find(({ name }) => name === who);
  if (found === undefined) throw new SetupError('failed', `${scenario}: ${who} took no part`);
  return found.samples;
}

/**
 * @param {Result} result
 * @param {string} who
 */
const timesOf = (result, who) => samplesOf(result, who).map(({ ms }) => ms);
