import { expect, it } from 'vitest';
import { help, readOptions } from './options.mjs';
import { select, suites } from './suites.mjs';

/** @param {readonly { name: string, scenarios: readonly { name: string }[] }[]} selected */
const names = (selected) =>
  selected.flatMap(({ name, scenarios }) => scenarios.map((scenario) => `${name}/${scenario.name}`));

it('measures five times, and writes nothing unless asked to', () => {
  const defaults = { rounds: 5, only: [], full: false, write: false, json: undefined, help: false };
  expect(readOptions([])).toEqual(defaults);
  expect(readOptions(['--rounds', '1', '--only', 'lua', '--only', 'redis/no-op', '--write', '--json', 'f'])).toEqual({
    ...defaults,
    rounds: 1,
    only: ['lua', 'redis/no-op'],
    write: true,
    json: 'f',
  });
});

it.each([
  [['--rounds', '0'], '--rounds 0: a number above 0 is needed'],
  [['--only', 'lua/leaf'], '--only lua/leaf: it can be\n  lua\n  lua/leaf-edit\n'],
  [['--fast'], "Unknown option '--fast'"],
])('refuses %j and says what there is', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});

it('has every scenario in its help, and in brackets what has to be asked for', () => {
  for (const { name, scenarios } of suites) {
    const line = help.split('\n').find((each) => each.startsWith(`  ${name} `));
    for (const scenario of scenarios) {
      expect(line?.split(/ +/)).toContain(scenario.isLong === true ? `(${scenario.name})` : scenario.name);
    }
  }
});

it('takes what is long when it is named, or with --full', () => {
  const long = 'redis/cold-build';
  expect(names(select([], false))).not.toContain(long);
  expect(names(select(['redis'], false))).not.toContain(long);
  expect(names(select([], true))).toContain(long);
  expect(names(select([long, 'lua/no-op'], false))).toEqual(['lua/no-op', long]);
});
