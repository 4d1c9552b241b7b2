import { expect, it } from 'vitest';
import { betweenMarkers, table } from './report.mjs';

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
