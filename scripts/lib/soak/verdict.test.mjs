import { expect, it } from 'vitest';
import { growth, table } from './verdict.mjs';

const megabyte = 1024 ** 2;

/** @type {import('./sample.mjs').Figures} */
const first = {
  files: 40,
  resident: 120 * megabyte,
  heap: 15 * megabyte,
  daemons: 70 * megabyte,
  children: 2,
  descriptors: 26,
  watches: 50,
  roots: 30,
  temporaryRoots: 80 * 1024,
  state: 70 * 1024,
  engine: 200 * 1024,
  left: 4,
};

it('allows for what comes and goes', () => {
  expect(growth(first, first)).toEqual([]);
  expect(growth(first, { ...first, resident: 131 * megabyte, children: 3, descriptors: 34, watches: 58 })).toEqual([]);
});

it('allows for a daemon that has just been replaced by none', () => {
  const one = { ...first, daemons: 29 * megabyte, children: 1 };
  expect(growth(one, first)).toEqual([]);
  expect(growth(one, { ...first, daemons: 140 * megabyte })).toEqual(['daemons']);
});

it('allows resident memory a tenth more', () => {
  expect(growth(first, { ...first, resident: 133 * megabyte })).toEqual(['resident memory']);
});

it('finds each figure that has grown with ten times the cycles', () => {
  const { files: _, resident: __, ...others } = first;
  for (const figure of /** @type {(keyof typeof others)[]} */ (Object.keys(others))) {
    const grown = { ...first, [figure]: 10 * (first[figure] ?? 0) };
    expect([figure, growth(first, grown).length]).toEqual([figure, 1]);
  }
});

it('allows a project that is twice as large twice as much, but for memory', () => {
  const twice = { ...first, files: 80, watches: 100, roots: 60, state: 140 * 1024, engine: 400 * 1024 };
  expect(growth(first, twice)).toEqual([]);
  expect(growth(first, { ...twice, files: 40 })).toEqual(['watches', 'roots', 'state.json', 'engine.json']);
  expect(growth(first, { ...twice, resident: 240 * megabyte })).toEqual(['resident memory']);
});

it('has a line for each sample, with units, and nothing where nothing was asked for', () => {
  const lines = table([
    { cycle: 500, figures: first },
    { cycle: 1000, figures: { ...first, heap: undefined } },
  ]).split('\n');
  expect(lines[2]).toBe(
    '| 500 | 40 | 120.0 MB | 15.0 MB | 70.0 MB | 2 | 26 | 50 | 30 | 80.0 KB | 70.0 KB | 200.0 KB | 4 |',
  );
  expect(lines[3]).toContain('| 120.0 MB |  | 70.0 MB |');
});
