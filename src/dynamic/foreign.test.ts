import { expect, it } from 'vitest';
import { foreignPattern, isForeign } from './foreign.ts';

/** `builtins.match`: a POSIX pattern that stands for the whole of a name, in which a dot is any character. */
const isForeignToNix = (name: string): boolean => new RegExp(`^(?:${foreignPattern})$`, 's').test(name);

const extensions = /\(([a-z0-9|-]+)\)/.exec(foreignPattern)?.[1]?.split('|') ?? [];

it.each([
  ...['README.md', 'a.b.md', '.md', 'main.c~', '~', 'a.tar.gz', 'two words.json', 'ü.nix', 'a\n.o', 'x.md.md'],
  ...extensions.flatMap((extension) => [`a.${extension}`, `.${extension}`]),
])('takes %j for none of a compiler, in both languages', (name) => {
  expect([isForeign(name), isForeignToNix(name)]).toEqual([true, true]);
});

it.each([
  ...[
    'main.c',
    'a.h',
    'a.hpp',
    'a.inc',
    'a.def',
    'a.tpp',
    'a.in',
    'a.S',
    'Makefile',
    'vector',
    '',
    '.',
    'a.',
    '~a',
    '~.h',
  ],
  ...['md', 'amd', 'a.mdx', 'a.xmd', 'a.MD', 'a.md ', 'a.o.h', 'a.md\n', 'a.md/', 'a,md', 'a.js|b', 'a.(md)'],
  ...extensions.flatMap((extension) => [extension, `a${extension}`, `a.${extension}h`, `a.${extension.toUpperCase()}`]),
])('leaves %j to the compiler, in both languages', (name) => {
  expect([isForeign(name), isForeignToNix(name)]).toEqual([false, false]);
});

it('asks for the name alone, of which a path does not change the answer', () => {
  expect(isForeign('a.md/b.h')).toBe(false);
  expect(isForeign('src/a.md')).toBe(true);
});

it('has extensions that need no escaping in a pattern, each once', () => {
  expect(extensions.length).toBeGreaterThan(10);
  expect(extensions.filter((extension) => !/^[a-z0-9-]+$/.test(extension))).toEqual([]);
  expect(new Set(extensions).size).toBe(extensions.length);
});
