import { expect, it } from 'vitest';
import { markdown } from './report.mjs';
import { run as machine } from './testing.mjs';

it('compares pair by pair, and says of a figure what is known of its parts', () => {
  const measured = [
    {
      name: 'makenix watch',
      samples: [
        { ms: 200, parts: { seen: 4 } },
        { ms: 330, parts: { seen: 6 } },
      ],
    },
    { name: 'ninja', samples: [{ ms: 100 }, { ms: 110 }] },
    { name: 'raw gcc', samples: [{ ms: 50 }, { ms: 110 }] },
  ];
  const text = markdown(machine, [{ scenario: 'lua/edit', project: 'Lua', units: 33, title: 'an edit', measured }]);
  expect(text.split('\n').slice(5)).toEqual([
    '| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |',
    '| Lua | an edit | makenix watch | 265 ms | 200 ms | 330 ms | 2.50 | 3.50 | seen 5.0 ms | 2 |',
    '|  |  | ninja | 105 ms | 100 ms | 110 ms |  | 1.50 |  | 2 |',
    '|  |  | raw gcc | 80 ms | 50 ms | 110 ms | 0.75 |  |  | 2 |',
    '',
  ]);
});

it('says what the figures depend on, and plainly where a disk was measured too', () => {
  expect(markdown(machine, [])).toContain('trees and stores in memory (tmpfs)');
  expect(markdown({ ...machine, fileSystem: 'ext2/ext3' }, [])).toContain('on ext2/ext3, not in memory');
});

it('gives the most memory of any run', () => {
  const samples = [
    { ms: 12_345, peakMemory: 1e8 },
    { ms: 12_345, peakMemory: 3e8 },
  ];
  const measured = [{ name: 'makenix generate', samples }];
  const text = markdown(machine, [{ scenario: 'x/y', project: 'X', units: 1, title: 'y', measured }]);
  expect(text).toContain('| 12.3 s | 12.3 s | 12.3 s |  |  | peak memory 300 MB | 2 |');
});

it('has a table of its own for those who are compared with others', () => {
  const of = (/** @type {string} */ name, /** @type {number} */ ms) => ({ name, samples: [{ ms }] });
  const usual = { scenario: 'x/y', project: 'X', units: 1, title: 'y', measured: [of('ninja', 100)] };
  const measured = [of('static', 200), of('dynamic', 300)];
  const dynamic = { ...usual, references: ['static', "the article's way"], measured };
  const lines = markdown(machine, [usual, dynamic, usual]).split('\n');
  expect(lines.slice(6)).toEqual([
    '| X | y | ninja | 100 ms | 100 ms | 100 ms |  |  |  | 1 |',
    '| X | y | ninja | 100 ms | 100 ms | 100 ms |  |  |  | 1 |',
    '',
    "| project | scenario | by | median | min | max | × static | × the article's way | of it (medians) | runs |",
    '| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |',
    '| X | y | static | 200 ms | 200 ms | 200 ms |  |  |  | 1 |',
    '|  |  | dynamic | 300 ms | 300 ms | 300 ms | 1.50 |  |  | 1 |',
    '',
  ]);
});
