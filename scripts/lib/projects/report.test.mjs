import { expect, it } from 'vitest';
import { betweenMarkers, table, updatedTable } from './report.mjs';

it('has a line for each project', () => {
  const row = { title: 'Lua', version: '5.4.7', units: 34, cold: { own: 2900 }, edit: { own: 180 } };
  const imported = { imported: 34, notUnderstood: 1 };
  const both = { ...row, imported, cold: { own: 2900, makenix: 12_400 }, edit: { own: 180, makenix: 250 } };
  const [, , first, second] = table([row, both]).split('\n');
  expect(first).toBe('| Lua 5.4.7 | 34 |  |  | 2.9 s / – | 0.18 s / – |');
  expect(second).toBe('| Lua 5.4.7 | 34 | 34 | 1 | 2.9 s / 12 s | 0.18 s / 0.25 s |');
});

it('puts it between the markers, and leaves the rest alone', () => {
  const text = 'a\n<!-- projects:begin -->\nold\n<!-- projects:end -->\nb\n';
  const once = betweenMarkers(text, 'new\n');
  expect(once).toBe('a\n<!-- projects:begin -->\n\nnew\n\n<!-- projects:end -->\nb\n');
  expect(betweenMarkers(once, 'new\n')).toBe(once);
  expect(() => betweenMarkers('a', 'new')).toThrow('README.md does not have');
});

it('keeps the rows of projects that were not measured, in the order of all', () => {
  const row = { title: 'Lua', version: '5.4.7', units: 34, cold: { own: 2900 }, edit: { own: 180 } };
  const readme = betweenMarkers(
    '<!-- projects:begin --><!-- projects:end -->',
    table([
      { ...row, title: 'zlib', version: '1' },
      { ...row, title: 'jq', version: '1' },
    ]),
  );
  const lines = updatedTable(readme, [row, { ...row, title: 'jq', version: '2' }], ['zlib', 'Lua', 'jq']).split('\n');
  expect(lines.slice(2, -1).map((line) => line.split(' | ')[0])).toEqual(['| zlib 1', '| Lua 5.4.7', '| jq 2']);
});
