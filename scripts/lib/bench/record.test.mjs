import { expect, it } from 'vitest';
import { merge, printRecord, readRecord, runsOf } from './record.mjs';
import { resultOf, run } from './testing.mjs';

const later = { ...run, date: '2026-02-03T04:05:06.789Z', load: 1 };
const order = ['lua/a', 'lua/b', 'redis/a'];

it('puts new results in the place of old ones, in the order of the suites, and forgets scenarios that are gone', () => {
  const kept = [resultOf('redis/a', { ninja: 1 }), resultOf('lua/gone', { ninja: 2 }), resultOf('lua/a', { ninja: 3 })];
  const merged = merge(
    kept,
    [resultOf('lua/b', { ninja: 4 }), resultOf('redis/a', { ninja: 5 }, { run: later })],
    order,
  );
  expect(merged).toEqual([
    resultOf('lua/a', { ninja: 3 }),
    resultOf('lua/b', { ninja: 4 }),
    resultOf('redis/a', { ninja: 5 }, { run: later }),
  ]);
});

it('keeps of runs those that something is left of', () => {
  const kept = [resultOf('redis/a', { ninja: 5 }, { run: later }), resultOf('lua/a', { ninja: 3 })];
  expect(runsOf(kept)).toEqual([run, later]);
  expect(runsOf(merge(kept, [resultOf('lua/a', { ninja: 1 }, { run: later })], order))).toEqual([later]);
});

it('reads what it has printed, each with its own run, to the hundredth of a millisecond', () => {
  const leftOut = [{ who: 'someone', because: 'it rained' }];
  const sample = { ms: 1.2345, parts: { compile: 0.999 }, steps: 2, peakMemory: 1e8 };
  const kept = [
    resultOf('lua/a', { ninja: [sample], 'raw gcc': 2 }, { leftOut }),
    resultOf('lua/b', { ninja: 3 }, { run: later, references: ['ninja'] }),
  ];
  const rounded = { ...sample, ms: 1.23, parts: { compile: 1 } };
  expect(readRecord(printRecord(kept))).toEqual([
    resultOf('lua/a', { ninja: [rounded], 'raw gcc': 2 }, { leftOut }),
    kept[1],
  ]);
});

it('has a line for each scenario, so that a diff says which were measured anew', () => {
  const lines = (/** @type {number} */ ms) =>
    printRecord([resultOf('lua/a', { ninja: ms }), resultOf('lua/b', { ninja: 1 })]).split('\n');
  const before = lines(1);
  expect(lines(2).filter((line, at) => line !== before[at])).toHaveLength(1);
});

it('refuses a result whose run is not there', () => {
  const text = printRecord([resultOf('lua/a', { ninja: 1 })]).replace(`"date":"${run.date}"`, '"date":"another"');
  expect(() => readRecord(text)).toThrow('lua/a is of a run that is not recorded');
});
