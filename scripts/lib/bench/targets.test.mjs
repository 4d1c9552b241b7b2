import { expect, it } from 'vitest';
import { suites } from './suites.mjs';
import { judge, targets } from './targets.mjs';
import { resultOf } from './testing.mjs';

/** @param {string} scenario */
const targetsOf = (scenario) => targets.filter((target) => target.scenario === scenario);

it('is only of scenarios that there are', () => {
  const known = suites.flatMap(({ name, scenarios }) => scenarios.map((each) => `${name}/${each.name}`));
  expect(targets.filter(({ scenario }) => !known.includes(scenario))).toEqual([]);
});

it('compares round by round with whom the target names, up to and including the limit', () => {
  const [target] = targetsOf('lua/leaf-edit');
  const rounds = (/** @type {number[]} */ ...ms) => ms.map((each) => ({ ms: each }));
  const result = (/** @type {number} */ middle) =>
    resultOf('lua/leaf-edit', {
      'makenix watch': rounds(100, middle, 900),
      ninja: rounds(100, 100, 300),
      'raw gcc': 1,
    });
  expect(target && judge(target, result(125))).toEqual({ value: 1.25, isMet: true });
  expect(target && judge(target, result(126))).toEqual({ value: 1.26, isMet: false });
});

it('takes for "faster than" nothing that is equal', () => {
  const [target] = targetsOf('redis/revert');
  const result = (/** @type {number} */ ms) => resultOf('redis/revert', { 'makenix watch': ms, ninja: 100 });
  expect(target && judge(target, result(100)).isMet).toBe(false);
  expect(target && judge(target, result(99)).isMet).toBe(true);
});

it('takes the median of a part, by the daemon engine', () => {
  const samples = (/** @type {number[]} */ ...own) =>
    own.map((share) => ({ ms: 200, parts: { 'own share': share, 'first step started': share + 30 } }));
  const result = resultOf('tiny-1000/leaf-edit', {
    'makenix watch': samples(9, 14, 40),
    'makenix watch, cli engine': samples(500, 500, 500),
    'raw gcc': samples(1, 1, 1),
  });
  const judged = targetsOf('tiny-1000/leaf-edit').map((target) => [target.title, judge(target, result)]);
  expect(judged).toEqual([
    ['edit of a leaf, to the linked program, × raw gcc', { value: 1, isMet: true }],
    ['own share of an edit of a leaf', { value: 14, isMet: true }],
    ['from the save to the start of the compiler', { value: 44, isMet: false }],
  ]);
});

it('does not take a contender who is not there for one that was fast', () => {
  const [target] = targetsOf('tiny-1000/no-op');
  expect(() => target && judge(target, resultOf('tiny-1000/no-op', { ninja: 1 }))).toThrow(
    'makenix build took no part',
  );
});
