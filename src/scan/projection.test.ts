import { describe, expect, it } from 'vitest';
import { projectDirectives } from './projection.ts';

const project = (text: string) => projectDirectives(Buffer.from(text));

describe('projectDirectives', () => {
  const guard = (text: string): string => `#ifndef A_H\n#define A_H\n#include "b.h"\n${text}#endif\n`;

  it.each<readonly [what: string, before: string, after: string]>([
    ['a body line', guard('int x;\n'), guard('int x;\nint y;\n')],
    ['all body lines', guard('int x;\n'), guard('')],
    ['a literal', guard('char *s = "a";\n'), guard('char *s = "/* \\" // # \'";\n')],
    ['a literal over joined lines', guard('char *s = "a";\n'), guard('char *s = "a\\\n#include \\"c.h\\"";\n')],
    ['a character', guard("int c = 'a';\n"), guard("int c = '\"'; int d = '\\''; int e = L'/*';\n")],
    ['a block comment', guard('int x;\n'), guard('/* #include "c.h"\n#include "d.h" */ int x;\n')],
    ['the text of a comment', guard('int x; /* a */\n'), guard('int x; /* don\'t "quote" * / */\n')],
    ['a line comment', guard('int x;\n'), guard('int x; // don\'t "quote" me\n')],
    ['a line comment that goes on', guard(''), guard('// one \\\n#include "c.h"\n')],
    ['a comment after a directive', '#include "a.h"\n#endif\n', '#include "a.h" // why\n#endif /* A_H */\n'],
    ['a comment in a directive', '#define A(x) x +1\n', '/* a */ #define A(x) x/* b\nc */+1// d\n'],
    ['blanks of a directive', '#define A 1 2\n', '  #\tdefine   A 1\t  2 \n'],
    ['a joined line in a directive', '#define A 1 2\n', '#def\\\nine A 1 \\\n2\n'],
    ['blanks before the end of a joined line', '#define A 1 2\n', '#define A 1 \\  \t\v\f\n2\n'],
    ['the kind of line end', '#define A \\\n1\nint x;\n', '#define A \\\r\n1\r\nint x;\r\n'],
    ['a newline at the end', '#include "a.h"', '#include "a.h"\n'],
    ['a byte order mark', '#include "a.h"\n', '\ufeff#include "a.h"\n'],
    ['digit separators', guard('int x = 1;\n'), guard("int x = 1'0; double y = 0x1.f'fp1'0, z = .5'5;\n")],
    ['an apostrophe in a skipped group', '#if 0\ndo not\n#endif\n', "#if 0\ndon't\n#endif\n"],
    ['a string that lacks its end', '#if 0\nx\n#endif\n', '#if 0\n"x\n#endif\n'],
    ['a backslash that escapes no newline', guard('x\n'), guard('"x\\\\\n\n')],
    ['a raw string on one line', guard('f(R"(a)");\n'), guard('f(R"(b\\)", u8R"x(c)x"); /* d */\n')],
    ['a raw string with quotes', guard('f(R"(a)");\n'), guard('f(R"x({"a": 1)"})x");\n')],
    ['a raw string over lines', guard('f(R"(a)");\n'), guard('f(R"(one "two\nthree\'\nfour)");\n')],
    ['a name that just ends like a raw prefix', guard('f(PRIPTR"x");\n'), guard('f(PRIPTR"\\"(");\n')],
    ['a backslash that is left at the end of a line', '"x\n#include "c.h"\n', '"x\\\\\n\n#include "c.h"\n'],
    ['a word that just ends like a pragma operator', guard('x;\n'), guard('my_Pragma(x);\n')],
    ['a hash inside a line', guard('int x;\n'), guard('int x; #include "c.h"\n')],
    [
      'a word that just begins like a module declaration',
      guard('x;\n'),
      guard('important; modules; exporting(import);\n'),
    ],
  ])('does not mind %s', (_what, before, after) => {
    expect([project(before).opaque, project(after).opaque]).toEqual([false, false]);
    expect(project(after).hash).toBe(project(before).hash);
  });

  it.each<readonly [what: string, before: string, after: string]>([
    ['another include', '#include "a.h"\n', '#include "a.h"\n#include "b.h"\n'],
    ['an include of the other kind', '#include "a.h"\n', '#include <a.h>\n'],
    ['the order of directives', '#include "a.h"\n#define A\n', '#define A\n#include "a.h"\n'],
    ['a condition', '#if A\n#endif\n', '#if B\n#endif\n'],
    ['a definition', '#define A 1\n', '#define A 2\n'],
    ['the text of a literal in a directive', '#define A "a  b"\n', '#define A "a b"\n'],
    ['where a blank makes a difference', '#define A(x) 1\n', '#define A (x) 1\n'],
    ['an indented directive', 'int x;\n', 'int x;\n  # include "a.h"\n'],
    ['a directive after a comment', 'int x;\n', 'int x;\n/* a\n b */ #include "a.h"\n'],
    ['a directive with a comment in it', 'int x;\n', 'int x;\n# /* a\n*/ include /* b */ "a.h"\n'],
    ['a directive over joined lines', 'int x;\n', 'int x;\n#inc\\\r\nlude "a.h"\n'],
    ['a directive of digraphs', 'int x;\n', 'int x;\n%:include "a.h"\n'],
    ['a hash for a digraph, which C90 has not', '%:include "a.h"\n', '#include "a.h"\n'],
    ['a directive that was a comment', '/* #include "a.h"\n*/\n', '#include "a.h"\n'],
    ['a directive that was inside a string', '"\\\n#include "a.h"\n', '"\n#include "a.h"\n'],
    ['a directive after an odd backslash', 'x\\\n#include "a.h"\n', 'x\\\\\n\n#include "a.h"\n'],
    ['a pragma', '', '#pragma once\n'],
    ['a pragma operator in the body', 'int x;\n', 'int x; _Pragma("push_macro(\\"A\\")")\n'],
    ['an #error', '#error a\n', "#error don't\n"],
    ['a module declaration', '', 'module a;\n'],
    ['an import', 'import a;\n', 'import b;\n'],
    ['an exported import', '', 'export /* it */ import <a.h>;\n'],
    ['an exported import that goes on', 'export import a; int x;\n', 'export import a\\\nb; int x;\n'],
  ])('minds %s', (_what, before, after) => {
    expect(project(after).hash).not.toBe(project(before).hash);
  });

  it.each<readonly [what: string, text: string]>([
    ['a comment without an end', 'int x; /* a\n#include "a.h"\n'],
    ['a block comment after a lone quote', "#if 0\ndon't /* do\n#endif\n*/ that\n#endif\n"],
    ['a block comment after an apostrophe in a number', "int x = 1'0; /* a'\n#include 'a.h'\n*/\n"],
    ['the same after a hexadecimal fraction', "double x = 0x1.f'f; /* a'\n*/\n"],
    ['the same after an exponent', "double x = 1e+a'0; /* a'\n*/\n"],
    ['a block comment that C90 sees in a line comment', 'int x; // a /* b\n#include "a.h"\n// */\n'],
    ['a division that C90 sees in a line comment', '#define A 4 //* a */ 2\n'],
    ['an #error with an apostrophe and a comment', "#error don't /* or\nelse */\n"],
    ['a raw string without an end', 'f(R"x(a)");\n#include "a.h"\n'],
    ['a raw string with a directive in it', 'f(R"(\n#include "a.h"\n)");\n'],
    ['a raw string with a comment in it', 'f(R"(" /*)");\n'],
    ['a block comment after a raw string with quotes', 'f(R"(a "b")"); /* c\n#include "d.h"\n*/\n'],
    ['a raw string with a joined line in it', 'f(R"(a\\\nb)");\n'],
    ['a raw string over lines in a directive', '#define A R"(a\nb)"\n'],
    ['a raw string that may be another string and its suffix', 'f("a"R"(b"c)");\n'],
    ['a raw string with a bad delimiter', 'f(R"a b(c)a b");\n'],
    ['a raw string that may be part of a longer name', 'f($R"(a"b)");\n'],
    ['a file name with a comment in it', '#include <a/*b.h>\n'],
    ['a raw string for a file name', '#include R"(a.h)"\n'],
    ['a comment in what may be a file name', '#include A <b/*c>\nint x; */\n'],
    ['a file name with a quote and a comment after it', '#include "a\\" /* b */\n'],
    ['a pragma operator over lines', '_Pragma(\n"once")\n'],
    ['a pragma operator of other compilers', 'int x; __pragma(once)\n'],
    ['the trigraph of a backslash', 'int x; // a ??/\n#include "a.h"\n'],
    ['the trigraph of a hash', '??=include "a.h"\n'],
    ['a trigraph that ends in an apostrophe', "int x = a ??'b;\n"],
    ['a NUL', 'int x;\0\n'],
    ['a carriage return alone', 'int x;\r#include "a.h"\n'],
    ['the line number in a directive', '#define A __LINE__\n'],
    ['the line number in a condition over joined lines', '#if __LI\\\nNE__ > 3\n#endif\n'],
  ])('makes a file opaque for %s', (_what, text) => {
    expect(project(text).opaque).toBe(true);
    expect(project(`${text}\n`).hash).not.toBe(project(text).hash);
  });

  it('is not opaque for a line number, or a trigraph of no consequence, in the body', () => {
    expect(project('assert(__LINE__); a ??! b;\n').opaque).toBe(false);
  });

  it('does not take contents for directives', () => {
    const directives = '#define A\n';
    expect(project(`${directives}\0`).hash).not.toBe(project(directives).hash);
    // The first is opaque for its trigraph, which in the second is none; the directive is the same.
    expect(project('#define A ??/\n').hash).not.toBe(project('#define A ?\\\n?/\n').hash);
  });

  it.each<readonly [text: string, operands: readonly string[]]>([
    ['int x;\n"a.h";\n', []],
    ['#include "b.h"\n#include <a.h>\n#include "b.h"\n', ['"b.h"', '<a.h>']],
    [
      '#include "B.h"\n#include "a.h"\n#include "é.h"\n#include "Z/../c d.h"\n',
      ['"B.h"', '"Z/../c d.h"', '"a.h"', '"é.h"'],
    ],
    ['#include_next <a.h>\n#import "b.h"\n#embed "c.bin" limit(4)\n', ['"b.h"', '"c.bin"', 'next <a.h>']],
    ['#include/* a */"a.h"/* b\n*/\n#\tinclude<b.h>\n#inc\\\nlude "c\\\n.h"\n', ['"a.h"', '"c.h"', '<b.h>']],
    ['#if 0\n#include "a.h"\n#endif\n', ['"a.h"']],
    ['#include "a\\b.h"\n#include <it\'s.h>\n#include <c//d.h>\n', ['"a\\b.h"', '<c//d.h>', "<it's.h>"]],
    [
      '#if __has_include(<a.h>) && __has_include_next( "b.h" )\n#elif __has_embed("c")\n#endif\n',
      ['"c"', '<a.h>', 'next "b.h"'],
    ],
    ['#if __has_include__("a.h") || !__has_include_next__(<b.h>)\n#endif\n', ['"a.h"', 'next <b.h>']],
    ['#define HAVE_A __has_include("a.h")\n', ['"a.h"']],
    ['#pragma GCC dependency "a.h" rebuild\n#pragma /* */ clang dependency <b.h>\n', ['"a.h"', '<b.h>']],
    ['#pragma GCC poison "a.h"\n#pragma message "b.h"\n#define C "c.h"\n', []],
    ['import "a.h";\nexport import <b.h>;\nimport c;\nmodule d;\n', ['"a.h"', '<b.h>']],
  ])('finds the operands of %j', (text, operands) => {
    expect(project(text)).toMatchObject({ operands, computed: false });
  });

  it.each([
    '#include A_H\n',
    '#include\n',
    '#include <a.h\n',
    '#if __has_include(A_H)\n#endif\n',
    '#define has(x) __has_include(x)\n',
    '#define has __has_include\n',
    '#pragma GCC dependency A_H\n',
    '_Pragma("GCC dependency \\"a.h\\"")\n',
    'int x; /* #include "a.h"\n',
  ])('cannot know the operand of %j', (text) => {
    expect(project(text).computed).toBe(true);
  });

  it.each([
    '#ifdef __has_include\n#endif\n',
    '#ifndef __has_include\n#define __has_include(x) 0\n#endif\n',
    '#if defined(__has_include) || defined __has_include\n#endif\n',
    '#define A "a.h"\n',
    '#define PRAGMA(x) _Pragma(#x)\n',
    '#define A __LINE__\n',
    'int __has_include;\n',
  ])('sees that nothing is computed in %j', (text) => {
    expect(project(text).computed).toBe(false);
  });

  it('finds __COUNTER__ wherever it is', () => {
    expect(project('int x = __COUNTER__;\n').counter).toBe(true);
    expect(project('int x = __COUN\\\nTER__;\n').counter).toBe(true);
    expect(project('#define A __COUNTER__\n').counter).toBe(true);
    expect(project('int COUNTER;\n').counter).toBe(false);
  });

  it('finds what has the assembler read files, in strings of C too', () => {
    expect(project('__asm__(".incbin \\"a.bin\\"");\n')).toMatchObject({ assembles: true, computed: true });
    expect(project('#define FILE(f) __asm__(".in" "cbin " f)\n').assembles).toBe(false);
    expect(project('#define FILE(f) __asm__(".incbin " #f)\n').assembles).toBe(true);
    expect(project('.include "macros.s"\n').assembles).toBe(true);
    expect(project('__asm__(".include \\"macros.s\\"");\n').assembles).toBe(true);
    expect(project('struct s a = { .include = 1 }; b.include <a;\n')).toMatchObject({
      assembles: false,
      computed: false,
    });
  });

  it('finds #pragma once', () => {
    expect(project('#pragma once\n').once).toBe(true);
    expect(project('int x;\n # /* */ pragma  once // it\n').once).toBe(true);
    expect(project('_Pragma("once")\n').once).toBe(true);
    expect(project('#pragma once_more\n/*\n#pragma once\n*/\n').once).toBe(false);
  });

  it('takes any bytes', () => {
    const bytes = Buffer.from([0x23, 0x69, 0xff, 0x22, 0xfe, 0x0a, 0x81]);
    expect(projectDirectives(bytes)).toMatchObject({ opaque: false, operands: [], computed: false });
    expect(projectDirectives(Buffer.alloc(0))).toMatchObject({ opaque: false, counter: false });
  });

  // Each of these takes minutes where a stretch of text is gone through again from each of its places.
  it.each([
    ...["1'", "'", '"', 'R"(', 'R"', 'R"(")"', 'aR"b"', '_Pragma("x")', '_', '\\', '\\ ', '\\\n', '\\\r', '/*', '/'],
    ...['#if __has_include(<', '__has_include(a)', '__has_include(<a', 'a(<', 'HAS("d") ', '__has_embed "', 'a,'],
    ...['//', '// /\n', '?', '#', '#\n', ' ', '\n', 'a.', 'e+', "e+1'", 'é', '#if __has_include("a")\n', 'import '],
  ])('gets through much of %j', (unit) => {
    for (const before of ['', '#if ', '#include ', '#define F(a) ', '#define F(a', 'f(R"(']) {
      const { hash } = project(before + unit.repeat(300_000 / unit.length));
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});
