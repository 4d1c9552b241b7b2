import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectDerivationName, storeName } from './store-name.ts';

/** Nix: src/libstore/path.cc. `.drv` and an output's name are yet to come, so 190 and not 211. */
const legal = /^object-[0-9a-zA-Z+\-._?=]{1,183}$/;

/** Made of what an escape could be taken for, so that two that collide are near one another. */
const component = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('-', '=', '.', '_', '2', 'd', '3', 'f', 'a', '--', '=2d', '==', ' ') },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join('').replaceAll('/', '-'))
  .filter((name) => name !== '.' && name !== '..');
const shortPath = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const path = fc.oneof(
  { weight: 4, arbitrary: shortPath },
  // Around the lengths at which it begins to cut.
  {
    weight: 1,
    arbitrary: fc
      .tuple(shortPath, fc.constantFrom('a', '-', 'ä', 'a/'), fc.integer({ min: 20, max: 190 }))
      .map(([end, filler, count]) => `${filler.repeat(count)}${end}`),
  },
);

describe('storeName', () => {
  it('is a name that Nix allows, whatever the path', () => {
    fc.assert(
      fc.property(path, (any) => {
        expect(objectDerivationName(any)).toMatch(legal);
      }),
      { numRuns: 1000 },
    );
  });

  it('can be read back, so that no two paths have one name', () => {
    fc.assert(
      fc.property(path, (any) => {
        const name = storeName(any);
        if (!name.includes('==')) expect(pathOf(name)).toBe(any);
      }),
      { numRuns: 1000 },
    );
  });

  it('tells all short paths over the delicate characters apart', () => {
    const alphabet = ['-', '=', '.', '/', 'a', '2', 'd'];
    let texts = [''];
    const names = new Map<string, string>();
    const collisions: string[] = [];
    for (let length = 1; length <= 5; length++) {
      texts = texts.flatMap((text) => alphabet.map((character) => text + character));
      for (const text of texts) {
        if (text.split('/').some((part) => part === '' || part === '.' || part === '..')) continue;
        const name = storeName(text);
        if (names.has(name)) collisions.push(`${names.get(name) ?? ''} and ${text}`);
        names.set(name, text);
      }
    }
    expect(collisions).toEqual([]);
    expect(names.size).toBeGreaterThan(10_000);
  });

  it('tells long paths apart that differ beyond the cut only', () => {
    fc.assert(
      fc.property(fc.array(component, { minLength: 60, maxLength: 60 }), component, component, (parts, a, b) => {
        fc.pre(a !== b);
        const directory = parts.join('/');
        expect(storeName(`${directory}/${a}`)).not.toBe(storeName(`${directory}/${b}`));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['src/hello.o', 'src-hello.o'],
    ['src/my-file.o', 'src-my--file.o'],
    ['src-my/file.o', 'src--my-file.o'],
    ['a/.hidden.o', 'a-.hidden.o'],
    ['_+?.o', '_+?.o'],
  ])('%s is %s', (any, name) => {
    expect(storeName(any)).toBe(name);
  });

  it.each([
    ['.hidden.o', '.hidden.o'],
    ['-dash.o', '-dash.o'],
    ['a/-dash.o', 'a--dash.o'],
    ['a=b.o', 'a=b.o'],
    ['ä b.o', '=b.o'],
    [`${'a'.repeat(90)}.o`, `${'a'.repeat(90)}.o`],
  ])('%s is %s and a digest', (any, legible) => {
    const name = storeName(any);
    expect(name.slice(0, -34)).toBe(legible);
    expect(name.slice(-34)).toMatch(/^==[0-9a-f]{32}$/);
  });

  it('keeps to itself the name of a path that is as long as a path may be', () => {
    const name = objectDerivationName('deep/'.repeat(800) + 'file.o');
    expect(name).toMatch(legal);
    expect(name).toMatch(/^object-deep-deep-.*==[0-9a-f]{32}$/);
  });
});

/** The path of a name without a digest. */
const pathOf = (name: string): string => name.replace(/--|-/g, (dashes) => (dashes === '--' ? '-' : '/'));
