import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

describe('nearest', () => {
  it.each([
    ['cflag', ['cflags', 'cxxflags', 'ldflags'], 'cflags'],
    ['cxflags', ['cflags', 'cxxflags'], 'cflags'],
    ['CFLAGS', ['cflags'], 'cflags'],
    ['sorces', ['sources'], 'sources'],
    ['inlcude', ['include'], 'include'],
    ['static-libary', ['executable', 'static-library', 'shared-library'], 'static-library'],
    // Four edits are too many for six letters, but not for thirteen.
    ['statik-librarie', ['static-library'], 'static-library'],
    ['colour', ['kind', 'sources'], undefined],
    ['abc', [], undefined],
  ])('takes %j of %j for %j', (text, candidates, expected) => {
    expect(nearest(text, candidates)).toBe(expected);
  });

  it('does not offer what shares nothing with the text, however short', () => {
    expect(nearest('x', ['ab', 'y'])).toBeUndefined();
  });

  it('prefers the first of equally near ones', () => {
    expect(nearest('lib', ['liba', 'libb'])).toBe('liba');
    expect(nearest('lib', ['libb', 'liba'])).toBe('libb');
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['ca', 'abc', 3],
    ['same', 'same', 0],
  ])('from %j to %j is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });
});
