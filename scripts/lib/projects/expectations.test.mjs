import { describe, expect, it } from 'vitest';
import { checkRebuilt } from './expectations.mjs';

const unit = (/** @type {string} */ name) => ({
  source: `${name}.c`,
  object: `${name}.o`,
  command: { program: 'gcc', directory: '/', args: [] },
});
const build = {
  units: ['a', 'b', 'main'].map(unit),
  products: [
    { path: 'lib/liba.a', inputs: ['a.o', 'b.o'] },
    { path: 'bin/main', inputs: ['main.o', 'lib/liba.a'] },
  ],
  nameOf: (/** @type {string} */ path) => (path === 'a.lo' ? 'a.o' : path),
};

/**
 * @param {string[]} objects
 * @param {string[]} rebuilt
 * @param {string[]} cutOff
 */
const check = (objects, rebuilt, cutOff = [], isComment = false) =>
  checkRebuilt({ what: 'edit', build, objects, isComment, cycle: { rebuilt, cutOff } });

describe('checkRebuilt', () => {
  it('is content with the object and all that contains it, by any of their names', () => {
    check(['a.o'], ['a.lo', 'lib/liba.a', 'main']);
    check(['a.o', 'b.o'], ['a.o', 'b.o'], ['liba.a'], true);
  });

  it('says what is missing and what is too much', () => {
    expect(() => check(['a.o'], ['a.o', 'b.o', 'liba.a', 'main'])).toThrow('should not have been: b.o');
    expect(() => check(['a.o', 'b.o'], ['a.o', 'liba.a', 'main'])).toThrow('should have been: b.o');
    expect(() => check(['a.o'], ['a.o', 'liba.a'])).toThrow('should have been: bin/main');
    expect(() => check(['main.o'], ['main.o'], ['liba.a'], true)).toThrow('should not have been: lib/liba.a');
  });
});
