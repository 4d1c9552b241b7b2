import { expect, it } from 'vitest';
import { createLogGroups, type LogPiece } from './log-groups.ts';

const text = (pieces: readonly LogPiece[]): readonly string[] =>
  pieces.map((piece) => (piece.kind === 'head' ? `${piece.name}:` : piece.text));

it('passes the lines of the step that has the floor as they come, below one head', () => {
  const logs = createLogGroups();
  expect(text(logs.line('a', '1', true))).toEqual(['a:', '1']);
  expect(text(logs.line('a', '2', true))).toEqual(['2']);
});

it('keeps the lines of another until the floor is free, then passes all of them', () => {
  const logs = createLogGroups();
  logs.line('a', 'a1', true);
  expect(logs.line('b', 'b1', true)).toEqual([]);
  expect(logs.line('c', 'c1', true)).toEqual([]);
  expect(logs.line('d', 'd1', true)).toEqual([]);
  expect(logs.finish('c')).toEqual([]);
  // c is complete and so comes first; b has the floor now, and d waits for it.
  expect(text(logs.finish('a'))).toEqual(['c:', 'c1', 'b:', 'b1']);
  expect(text(logs.line('b', 'b2', true))).toEqual(['b2']);
  expect(text(logs.finish('b'))).toEqual(['d:', 'd1']);
});

it('passes a line of a step that has ended at once, and holds it back while another speaks', () => {
  const logs = createLogGroups();
  expect(text(logs.line('late', '1', false))).toEqual(['late:', '1']);
  logs.line('a', 'a1', true);
  expect(logs.line('late', '2', false)).toEqual([]);
  expect(text(logs.finish('a'))).toEqual(['late:', '2']);
});

it('loses nothing at the end', () => {
  const logs = createLogGroups();
  logs.line('a', 'a1', true);
  logs.line('b', 'b1', true);
  expect(text(logs.flush())).toEqual(['b:', 'b1']);
  expect(text(logs.line('b', 'b2', true))).toEqual(['b:', 'b2']);
});
