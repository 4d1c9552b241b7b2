import { describe, expect, it } from 'vitest';
import { languageOf, stemOf } from './language.ts';
import { legalName, productFile, TARGET_NAME } from './names.ts';

describe('languageOf', () => {
  it.each([
    ['src/a.c', 'c'],
    ['src/a.cc', 'c++'],
    ['a.cpp', 'c++'],
    ['a.cxx', 'c++'],
    ['a.C', 'c++'],
    ['a.c++', 'c++'],
    ['a.b.c', 'c'],
    ['a.h', undefined],
    ['a.S', undefined],
    ['a.CPP', undefined],
    ['a.cppm', undefined],
    ['a/.c', undefined],
    ['.c', undefined],
    ['c', undefined],
    ['a.c/README', undefined],
  ])('of %s is %s', (path, language) => {
    expect(languageOf(path)).toBe(language);
  });
});

describe('stemOf', () => {
  it.each([
    ['src/hello.c', 'src/hello'],
    ['a.b/c.d.c++', 'a.b/c.d'],
  ])('of %s is %s', (path, stem) => {
    expect(stemOf(path)).toBe(stem);
  });
});

describe('legalName', () => {
  it.each([
    ['lua', 'lua'],
    ['My Project', 'My-Project'],
    ['..hidden', 'hidden'],
    ['--x', 'x'],
    ['a/b', 'a-b'],
    ['été', 't'],
    ['日本', 'main'],
    ['', 'main'],
    ['constructor', 'main'],
    ['x'.repeat(300), 'x'.repeat(100)],
    ['end ', 'end'],
  ])('makes %j into %j', (text, name) => {
    expect(legalName(text)).toBe(name);
    expect(TARGET_NAME.test(name)).toBe(true);
  });
});

describe('productFile', () => {
  it.each([
    ['lua', 'executable', 'lua'],
    ['foo', 'static-library', 'libfoo.a'],
    ['liblua', 'static-library', 'liblua.a'],
    ['foo', 'shared-library', 'libfoo.so'],
    ['libfoo', 'shared-library', 'libfoo.so'],
  ] as const)('of %s, a %s, is %s', (name, kind, file) => {
    expect(productFile(name, kind)).toBe(file);
  });
});
