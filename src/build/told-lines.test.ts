import { expect, it } from 'vitest';
import { ToldLines } from './told-lines.ts';

/** What is news in each run. */
function news(told: ToldLines, ...runs: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return runs.map((lines) => {
    told.again();
    return lines.filter((line) => told.isNews(line));
  });
}

it('tells what a builder repeats once', () => {
  const told = new ToldLines();
  expect(news(told, ['a', 'b'], ['a', 'b', 'b', 'c'], ['a', 'b', 'b', 'c'])).toEqual([['a', 'b'], ['b', 'c'], []]);
  expect(told.lines).toEqual(['a', 'b', 'b', 'c']);
});

it('tells everything from the first line that differs', () => {
  const told = new ToldLines();
  expect(news(told, ['a', 'b', 'c'], ['a', 'x', 'c'])).toEqual([
    ['a', 'b', 'c'],
    ['x', 'c'],
  ]);
  expect(told.lines).toEqual(['a', 'x', 'c']);
});

it('has the lines of the last run only', () => {
  const told = new ToldLines();
  news(told, ['a', 'b', 'c'], ['a']);
  expect(told.lines).toEqual(['a']);
});
