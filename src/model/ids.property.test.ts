import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectPath } from './ids.ts';

const part = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('', '.', '..', '...', '.h', 'a..b', ' ') },
  {
    weight: 3,
    arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }).filter((text) => !text.includes('/')),
  },
);
const spelling = fc.array(part, { maxLength: 8 }).map((parts) => parts.join('/'));

describe('projectPath', () => {
  it('gives normal forms, and a normal form is its own', () => {
    fc.assert(
      fc.property(spelling, (text) => {
        const path = projectPath(text);
        if (path === undefined) return;
        expect(path).not.toBe('');
        for (const component of path.split('/')) expect(['', '.', '..']).not.toContain(component);
        expect(projectPath(path)).toBe(path);
      }),
    );
  });

  it('leads where a walk from the root along the text leads, or nowhere', () => {
    fc.assert(
      fc.property(spelling, (text) => {
        const { place, hasLeft } = walk(text);
        const isInside = !text.startsWith('/') && !hasLeft && place !== '';
        expect(projectPath(text)).toBe(isInside ? place : undefined);
      }),
    );
  });

  it.each([
    ['a/../inc/./h.h', 'inc/h.h'],
    ['./a//b/', 'a/b'],
    ['..a/.b', '..a/.b'],
    ['a/..', undefined],
    ['', undefined],
    ['.', undefined],
    ['/', undefined],
    ['/etc/passwd', undefined],
    ['../a', undefined],
    // It comes back in, but what `..` is there called is nobody's business.
    ['a/../../a', undefined],
  ])('%j is %j', (text, path) => {
    expect(projectPath(text)).toBe(path);
  });
});

/** One step after the other, as one would go by hand: by cutting the text of where one stands. */
function walk(text: string): { readonly place: string; readonly hasLeft: boolean } {
  let place = '';
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && place === '') return { place, hasLeft: true };
    if (part === '..') place = place.slice(0, Math.max(0, place.lastIndexOf('/')));
    else place = place === '' ? part : `${place}/${part}`;
  }
  return { place, hasLeft: false };
}
