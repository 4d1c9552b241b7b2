import { describe, expect, it } from 'vitest';
import { formatDuration } from './duration.ts';
import { renderLine } from './line.ts';
import { printable, printableLog } from './printable.ts';
import { createStyle, wantsColor } from './style.ts';
import { cutEnd, cutStart, displayWidth } from './width.ts';

describe('a printable text', () => {
  it('shows what a terminal would act on', () => {
    expect(printable('a\x1b[31m\x9b\x7f\t\u202e\u2066\u2028\ud800z')).toBe(
      'a\\x1b[31m\\x9b\\x7f\\x09\\u202e\\u2066\\u2028\\ud800z',
    );
  });

  it('keeps the letters of every language, and tabs where they are a log', () => {
    expect(printable('größe-文字-😀.c')).toBe('größe-文字-😀.c');
    expect(printableLog('\tint x;\x1b')).toBe('\tint x;\\x1b');
  });
});

describe('the width of a text', () => {
  it.each([
    ['hello', 5],
    ['größe', 5],
    ['e\u0301', 1],
    ['文字', 4],
    ['😀', 2],
  ])('%s takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('is kept by cutting either end', () => {
    expect(cutEnd('src/hello.o', 11)).toBe('src/hello.o');
    expect(cutEnd('src/hello.o', 6)).toBe('src/h…');
    expect(cutStart('src/hello.o', 8)).toBe('…hello.o');
    expect(cutStart('文字.o', 4)).toBe('….o');
  });
});

describe('a line', () => {
  const { red } = createStyle(true);

  it('is cut as a whole, and painted after that', () => {
    expect(renderLine([['abc', red], ['defg']], 5)).toBe('\x1b[31mabc\x1b[39md…');
    expect(renderLine([['abcdef', red], ['gh']], 4)).toBe('\x1b[31mabc\x1b[39m…');
    expect(renderLine([['abc', red], ['de']], 5)).toBe('\x1b[31mabc\x1b[39mde');
  });

  it('is measured as it will be shown', () => {
    expect(renderLine([['\x1b\x1b']], 6)).toBe('\\x1b\\…');
  });
});

it.each([
  [0, '0 ms'],
  [118.4, '118 ms'],
  [999.6, '1.00 s'],
  [9_994, '9.99 s'],
  [9_996, '10.0 s'],
  [59_949, '59.9 s'],
  [59_960, '1 m 00 s'],
  [125_000, '2 m 05 s'],
  [3_599_600, '1 h 00 m'],
  [3_725_000, '1 h 02 m'],
  [-3, '0 ms'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it.each([
  [{}, true, true],
  [{}, false, false],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
])('with %o and a terminal %o, colour is %o', (env, isTTY, color) => {
  expect(wantsColor(env, isTTY)).toBe(color);
});
