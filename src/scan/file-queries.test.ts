import { describe, expect, it } from 'vitest';
import { fileQueries, usesComputed } from './file-queries.ts';
import { projectDirectives } from './projection.ts';

const queries = (text: string) => projectDirectives(Buffer.from(text)).queries;

describe('what a file asks for', () => {
  it.each<readonly [text: string, queries: readonly string[]]>([
    ['#if __has_include("a.h") && !__has_include ( <b.h> )\n#endif\n', ['"a.h"', '<b.h>']],
    ['#if 0\n#elif __has_include_next(<a.h>)\n#endif\n', ['next <a.h>']],
    ['#if __has_include__("a.h") || __has_embed(<b.bin>)\n#endif\n', ['"a.h"', '<b.bin>']],
    ['#define HAVE __has_include(<a.h>)\n', ['<a.h>']],
    ['#embed "a.bin" limit(3)\n# embed /* */ <b.bin>\n', ['"a.bin"', '<b.bin>']],
    ['#pragma GCC dependency "a.y" rebuild it\n#pragma clang dependency <b.y>\n', ['"a.y"', '<b.y>']],
    ['#if HAS("a.h") && HAS(<b.h>)\n#endif\n', ['"a.h"', '<b.h>']],
    ['#include "a.h"\n#import <b.h>\n#define A f("x")\n#if A < B && (C > D)\n#endif\n', []],
    ['int x = __has_include("a.h");\n', []],
  ])('is known of %j', (text, expected) => {
    expect(queries(text)).toEqual(expected);
  });

  it.each<readonly [text: string, macros: readonly string[], isComputed: boolean]>([
    ['#define HAS(x) __has_include(x)\n', ['HAS'], false],
    ['#define HAS(a, x) (a && __has_include( x ))\n', ['HAS'], false],
    ['#define HAS __has_include\n', ['HAS'], false],
    ['#ifndef __has_include\n#define __has_include(x) 0\n#endif\n', [], false],
    ['#if defined(__has_include) && defined __has_embed\n#endif\n', [], false],
    ['#if __has_include(CONFIG)\n#endif\n', [], true],
    ['#define HAS(x) __has_include(STRING(x))\n', [], true],
    ['#define HAVE __has_include(CONFIG)\n', [], true],
    ['#embed FILE\n', [], true],
    ['#pragma GCC dependency FILE\n', [], true],
    ['_Pragma("GCC dependency \\"a.h\\"")\n', [], true],
    ['#if __has_include("a.h")\n/* without an end', [], true],
    ['int x; /* without an end', [], false],
  ])('through macros is known of %j', (text, queryMacros, hasComputedQuery) => {
    expect(projectDirectives(Buffer.from(text))).toMatchObject({ queryMacros, hasComputedQuery });
  });

  it('takes time linear in the directives', () => {
    for (const unit of [
      '#if __has_include(\n',
      '#if f("',
      '__has_include',
      '#define A(x) __has_include(x)\n',
      '(<',
      '# ',
    ])
      expect(fileQueries(`#if ${unit.repeat(200_000 / unit.length)}`)).toHaveProperty('queries');
  });
});

describe('a use of a query macro', () => {
  it.each([
    ['#if HAS("a.h") || HAS( <b.h> )', false],
    ['#elif HAS(<a.h>)', false],
    ['#define HAS(x) __has_include(x)', false],
    ['#ifdef HAS', false],
    ['#undef HAS', false],
    ['#if defined(HAS) && defined HAS', false],
    ['#if HASTE(CONFIG)', false],
    ['#if HAS(CONFIG)', true],
    ['#define BOTH HAS("a.h")', true],
    ['#if HAS', true],
    ['HAS(CONFIG)', false],
  ])('is computed or not: %s', (line, expected) => {
    expect(usesComputed(`#include "x.h"\n${line}\n`, new Set(['HAS']))).toBe(expected);
  });
});
