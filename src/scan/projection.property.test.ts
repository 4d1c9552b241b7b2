import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lexDirectives } from './directive-lexer.ts';
import { joinLines } from './joined-text.ts';
import { projectDirectives } from './projection.ts';

/** Whole lines that compilers of all languages take for no directive, and that leave nothing open. */
const bodyLines = [
  ...['int x;', '', '  return 0;', 'f(a, "b" "c");', 'char *s = "/* \\" // #include";', "int c = '\"', d = L'\\'';"],
  ...['/* #include "c.h" */ int y;', '/* one\n#include "c.h"\n*/', '// don\'t say "a"', '// one \\\n#include "c.h"'],
  ...['x = "a\\\n#include \\"c.h\\"";', 'x /* a */ /= 2; // b', "long n = 1'000'000;", 'f(R"(a\\)", u8R"x(b)x");'],
  ...['f(R"(a "b"\nc)");', 'x ??! y;'],
];
const names = ['main.c', 'a.h', 'b.h', 'c.h', 'd/e.h'] as const;
type Name = (typeof names)[number];

const directives = [
  ...['#if 0', '#if 1', '#ifdef A', '#ifndef B', '#else', '#endif', '#endif /* A */', "#elif B // it's", '#undef A'],
  ...['#define A', '#define B 1', "#define Q '", '#define S "', '#define F(x) x', '#define R', '#pragma once', '#if A'],
  ...["#if 'a' == 97", "#if 1'0 == 10", "#error don't", '#if __has_include("a.h")', '#if __has_include(<none.h>)'],
  ...['#include "none.h"', '#include "x\\"', "#include <it's.h>", '#include <c//c.h>', '#define I "d/e.h"'],
];
/** A file includes only those after it, so that no inclusion is endless. */
const includesOf = (name: Name): readonly string[] =>
  names
    .slice(names.indexOf(name) + 1)
    .flatMap((other) => [
      ...[
        `#include "${other}"`,
        `#include <${other}>`,
        `# include /* a */ "${other}"`,
        `/* a */ # import "${other}" // b`,
      ],
      ...[`#include "${other}" /* over\nlines */`, `#inc\\\nlude "${other}"`, `%:include "${other}"`, '#include I'],
    ]);
/** What lexers trip over. */
const snags = [
  ...[
    "'",
    '"',
    '/*',
    '*/',
    '//',
    '\\\n',
    '\\ \n',
    '\\',
    '\n',
    '\r\n',
    ' ',
    '<',
    '>',
    '/',
    '*',
    '#',
    '(',
    ')',
    '$',
    'é',
    'x',
  ],
  ...[
    'R"(',
    ')"',
    'R"x(',
    ')x"',
    'L',
    'u8',
    'R',
    "1'000",
    "0x1.f'f",
    "don't",
    '1e+',
    '.5',
    "'0",
    '%:',
    '??/',
    'int a;',
  ],
  ...[
    '"s"',
    "'c'",
    '/* c */',
    '// c\n',
    '"/*"',
    '"*/"',
    "'/*'",
    '_Pragma("x")',
    'import',
    'module',
    'export',
    '#endif',
  ],
];

const trippingLine = fc.array(fc.constantFrom(...snags), { maxLength: 4 }).map((parts) => parts.join(''));
const lineOf = (name: Name) => fc.constantFrom(...directives, ...includesOf(name), ...includesOf(name), ...bodyLines);
const source = (name: Name, maxLength: number) => {
  const line = fc.oneof({ weight: 5, arbitrary: lineOf(name) }, trippingLine);
  return fc
    .tuple(fc.array(line, { maxLength }), fc.constantFrom('\n', '\n', '\r\n'))
    .map(([lines, end]) => lines.map((each) => each + end).join(''));
};
const tree = fc.record({
  'main.c': source('main.c', 14).map((text) => `#include "a.h"\n${text}`),
  'a.h': source('a.h', 8),
  'b.h': source('b.h', 5),
  'c.h': source('c.h', 5),
  'd/e.h': source('d/e.h', 4),
});
type Tree = Readonly<Record<Name, string>>;

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.nat(8)),
  insert: fc.oneof(trippingLine, fc.constantFrom(...bodyLines)),
});
const apply = (text: string, { at, remove, insert }: Edit): string => {
  const from = Math.floor(at * text.length);
  return text.slice(0, from) + insert + text.slice(from + remove);
};

const languages = [
  ...[
    ['c', 'c90'],
    ['c', 'gnu89'],
    ['c', 'c99'],
    ['c', 'gnu17'],
    ['c', 'c2x'],
  ],
  ...[
    ['c++', 'c++98'],
    ['c++', 'gnu++98'],
    ['c++', 'c++17'],
    ['assembler-with-cpp', 'gnu17'],
  ],
] as const;
const language = fc.constantFrom(...languages);

const project = (text: string) => projectDirectives(Buffer.from(text));

describe('projectDirectives and gcc', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'makenix-projection-'));
    mkdirSync(join(directory, 'd'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** What gcc reaches: every inclusion in its order (also where gcc fails), and the rule, where it prints one. */
  function reach(files: Tree, [x, std]: (typeof languages)[number]) {
    for (const [i, name] of names.entries()) {
      writeFileSync(join(directory, name), files[name]);
      // Two files of equal contents and equal mtime are one to `#import` and `#pragma once`.
      utimesSync(join(directory, name), i, i);
    }
    const args = ['-x', x, `-std=${std}`, '-w', '-H', '-MM', '-MG', '-I.', 'main.c'];
    const { error, status, stdout, stderr } = spawnSync('gcc', args, { cwd: directory, encoding: 'utf8' });
    if (error !== undefined) throw error;
    return {
      inclusions: stderr.split('\n').filter((each) => /^\.+ /.test(each)),
      rule: status === 0 ? stdout : undefined,
    };
  }

  it('reach the same files from two versions of a file with one hash', () => {
    let inclusions = 0;
    const changed = fc.record({
      files: tree,
      name: fc.constantFrom(...names),
      edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(changed, language, ({ files, name, edits }, lang) => {
        const text = edits.reduce(apply, files[name]);
        fc.pre(text !== files[name] && project(text).hash === project(files[name]).hash);
        const before = reach(files, lang);
        const after = reach({ ...files, [name]: text }, lang);
        inclusions += before.inclusions.length;
        expect(after.inclusions).toEqual(before.inclusions);
        // A body that is wrong in itself can fail: a line comment in C90.
        if (before.rule !== undefined && after.rule !== undefined) expect(after.rule).toBe(before.rule);
      }),
      { numRuns: 50, maxSkipsPerRun: 1000 },
    );
    expect(inclusions).toBeGreaterThan(50);
  });

  it('reach the same files from the directives of a file alone', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom(...names), language, (files, name, lang) => {
        fc.pre(!files[name].includes('_Pragma') && !project(files[name]).opaque);
        const { text } = lexDirectives(joinLines(Buffer.from(files[name])));
        const alone = reach({ ...files, [name]: text.toString() }, lang);
        expect(alone.inclusions).toEqual(reach(files, lang).inclusions);
      }),
      { numRuns: 20 },
    );
  });
});

describe('projectDirectives', () => {
  it('does not mind lines of the body and comments, wherever they are', () => {
    const extra = fc.record({ at: fc.nat(), line: fc.constantFrom(...bodyLines) });
    fc.assert(
      fc.property(fc.array(lineOf('main.c')), fc.array(extra), (lines, extras) => {
        const more = [...lines];
        for (const { at, line: added } of extras) more.splice(at % (more.length + 1), 0, added);
        const before = project(lines.map((each) => `${each}\n`).join(''));
        const after = project(more.map((each) => `${each}\n`).join(''));
        expect(before.opaque).toBe(false);
        expect(after).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  it('takes any bytes, and says the same of the same', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      source('main.c', 10).map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        const once = projectDirectives(Buffer.from(bytes));
        expect(projectDirectives(Buffer.from(bytes))).toEqual(once);
        expect(once.opaque || !bytes.includes(0)).toBe(true);
      }),
    );
  });
});
