import { expect, it } from 'vitest';
import { benchmarksDocument, letter } from './document.mjs';
import { resultOf, run } from './testing.mjs';

const later = { ...run, date: '2026-02-03T04:05:06.789Z', command: 'npm run bench -- --full', commit: 'def5678+' };

const kept = [
  resultOf('lua/leaf-edit', {
    'makenix watch': [{ ms: 130, parts: { 'first step started': 20 }, peakMemory: 7e7 }],
    ninja: 100,
    'raw gcc': 90,
  }),
  resultOf(
    'lua/revert',
    { 'makenix watch': 8, ninja: 100 },
    { run: later, title: 'an edit taken back', leftOut: [{ who: 'raw gcc', because: 'it was ill' }] },
  ),
];

/** @param {string} heading */
function section(heading) {
  const text = benchmarksDocument(kept);
  const start = text.indexOf(`${heading}\n`);
  expect(start).toBeGreaterThanOrEqual(0);
  const end = text.indexOf('\n#', start + 1);
  return text.slice(start, end === -1 ? undefined : end).split('\n');
}

it('says of each run what it was and where', () => {
  const runs = section('## Runs').join('\n');
  expect(runs).toContain('**A**: `npm run bench`, commit abc1234  \nA Processor, 2 processors, 8 GB, Linux 6.1;');
  expect(runs).toContain('**B**: `npm run bench -- --full`, commit def5678 with changes');
  expect(runs).toContain('load before the run 0.3; 2026-02-03.');
});

it('has every target, with what was measured of it and in which run', () => {
  const rows = section('## Targets');
  expect(rows).toContain(
    '| A project | edit of a leaf, to the linked program, × ninja | ≤ 1.25 | 1.30 | **missed** | A |',
  );
  expect(rows).toContain('| A project | from the save to the start of the compiler | ≤ 40 ms | 20 ms | met | A |');
  expect(rows).toContain(
    '| A project | an edit taken back, which compiles nothing, × ninja | < 1.00 | 0.08 | met | B |',
  );
  expect(rows).toContain('| tiny-1000 | nothing to do, whole process | ≤ 250 ms |  | not measured |  |');
});

it('has a table for each project, which says of each row its run and who is missing and why', () => {
  const text = section('### A project').join('\n');
  expect(text).toContain('33 units.');
  expect(text).toContain('| an edit | A | makenix watch | 130 ms |');
  expect(text).toContain('| an edit taken back | B | makenix watch | 8.0 ms |');
  expect(text).toContain('- raw gcc: it was ill (an edit taken back).');
});

it('has the most memory that makenix had in each project, and in what', () => {
  const watch = (/** @type {number} */ peakMemory) => ({ 'makenix watch': [{ ms: 1, peakMemory }], ninja: 1 });
  const more = [resultOf('lua/no-op', watch(9e7), { title: 'nothing' }), resultOf('lua/revert', watch(8e7))];
  const text = benchmarksDocument([...kept, ...more]);
  const rows = text.slice(text.indexOf('## Memory')).split('\n').slice(4, 6);
  expect(rows).toEqual(['| A project | makenix watch | 90 MB | nothing | A |', '']);
});

it('does not run out of letters', () => {
  expect([0, 25, 26, 27, 52].map(letter)).toEqual(['A', 'Z', 'AA', 'AB', 'BA']);
});
