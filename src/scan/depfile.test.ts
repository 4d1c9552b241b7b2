import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDepfile } from './depfile.ts';

type Rule = readonly [targets: readonly string[], prerequisites: readonly string[]];

function rulesOf(text: string): readonly Rule[] {
  const result = parseDepfile(text);
  if (!result.ok) throw new Error(`line ${result.failure.line}: ${result.failure.problem}`);
  return result.value.map((rule) => [rule.targets, rule.prerequisites]);
}

const problemOf = (text: string) => {
  const result = parseDepfile(text);
  return result.ok ? undefined : result.failure;
};

// What ninja's table of cases covers (src/depfile_parser_test.cc), except that every rule is returned, not their union.
const accepted: readonly (readonly [name: string, text: string, rules: readonly Rule[]])[] = [
  ['nothing', '', []],
  ['only empty lines', '\n\r\n \n\n', []],
  ['one rule', 'out/a.o: a.c a.h lib/b.h\n', [[['out/a.o'], ['a.c', 'a.h', 'lib/b.h']]]],
  ['no newline at the end', 'a.o: a.c b.h', [[['a.o'], ['a.c', 'b.h']]]],
  ['no space after the colon at the end', 'a.o:', [[['a.o'], []]]],
  ['a space before the colon', 'a.o : a.c\n', [[['a.o'], ['a.c']]]],
  ['tabs between names', 'a.o:\ta.c\tb.h\n', [[['a.o'], ['a.c', 'b.h']]]],
  ['a continuation before anything else', ' \\\n  a.o: a.c\n', [[['a.o'], ['a.c']]]],
  ['a continuation after the colon', 'a.o: \\\n  a.c b.h\n', [[['a.o'], ['a.c', 'b.h']]]],
  ['a continuation that touches a name', 'a.o: a.c\\\n b.h\\\n c.h\n', [[['a.o'], ['a.c', 'b.h', 'c.h']]]],
  ['a continuation among the targets', 'a.o \\\nb.o: c\n', [[['a.o', 'b.o'], ['c']]]],
  ['a continuation at the very end', 'a.o: a.c \\\n', [[['a.o'], ['a.c']]]],
  [
    'CRLF',
    'a.o: \\\r\n  a.c b.h\r\nb.o: c\\\r\n d\r\n',
    [
      [['a.o'], ['a.c', 'b.h']],
      [['b.o'], ['c', 'd']],
    ],
  ],
  [
    'rules that are indented',
    ' a: x\n b: y\r\n\tc: z\n',
    [
      [['a'], ['x']],
      [['b'], ['y']],
      [['c'], ['z']],
    ],
  ],
  [
    'several rules for one target',
    'a: x\na: \na: y\n',
    [
      [['a'], ['x']],
      [['a'], []],
      [['a'], ['y']],
    ],
  ],
  ['a target named twice', 'a a: x\n', [[['a', 'a'], ['x']]]],
  [
    'several targets',
    'a b: x y\n',
    [
      [
        ['a', 'b'],
        ['x', 'y'],
      ],
    ],
  ],
  [
    'the empty rules of -MP',
    'a: x y\nx:\ny:\n',
    [
      [['a'], ['x', 'y']],
      [['x'], []],
      [['y'], []],
    ],
  ],
  [
    'rules in which a prerequisite is a target again',
    'a: x\nx: y\n',
    [
      [['a'], ['x']],
      [['x'], ['y']],
    ],
  ],

  ['drive letters', 'a.o: //?/d:/x.h d:/y.h\n', [[['a.o'], ['//?/d:/x.h', 'd:/y.h']]]],
  ['a drive letter in the target', 'D:/My\\ Files\\ (x86)/a.o: x\n', [[['D:/My Files (x86)/a.o'], ['x']]]],
  ['escaped colons', 'd\\:\\w\\a.o: \\\n d:\\w\\a.h d\\:\\b.h\n', [[['d:\\w\\a.o'], ['d:\\w\\a.h', 'd:\\b.h']]]],
  [
    'a backslash before the colon that ends the target',
    'w\\: x\nw\\:\nw\\:\r\nw\\:\t\nw\\:',
    [
      [['w\\'], ['x']],
      [['w\\'], []],
      [['w\\'], []],
      [['w\\'], []],
      [['w\\'], []],
    ],
  ],
  ['a target that ends in a colon', 'odd:: x odd:\n', [[['odd:'], ['x', 'odd:']]]],

  ['backslashes before ordinary characters', 'D\\E\\x.res : \\\n D\\x.rc \\\n', [[['D\\E\\x.res'], ['D\\x.rc']]]],
  ['escaped spaces', 'a\\ b\\ c:  d\\ e f', [[['a b c'], ['d e', 'f']]]],
  ['an escaped tab', 'a: b\\\tc d\n', [[['a'], ['b\tc', 'd']]]],
  ['2N+1 backslashes before a space', 'a: \\\\\\\\\\  b\\\\\\ c\n', [[['a'], ['\\\\ ', 'b\\ c']]]],
  ['2N backslashes before a space', 'a: \\\\\\\\ b\\\\ c\n', [[['a'], ['\\\\\\\\', 'b\\\\', 'c']]]],
  [
    '2N backslashes before the end of a line',
    'a: b\\\\\nc: d\n',
    [
      [['a'], ['b\\\\']],
      [['c'], ['d']],
    ],
  ],
  ['escaped hashes', 'a\\#b: c\\\\#d\n', [[['a#b'], ['c\\#d']]]],
  ['a hash that is not escaped', 'a: #b c#d\n', [[['a'], ['#b', 'c#d']]]],
  ['dollars', 'a$$b: $$$$ c$d \\$$e\n', [[['a$b'], ['$$', 'c$d', '\\$e']]]],
  ['backslashes before all sorts', '\\!\\@\\#$$\\%\\^\\&\\[\\]\\\\:', [[['\\!\\@#$\\%\\^\\&\\[\\]\\\\'], []]]],
  [
    'quotes and ampersands',
    `a&b.o a'b.o: a"b.h a&b.h\n`,
    [
      [
        ['a&b.o', `a'b.o`],
        ['a"b.h', 'a&b.h'],
      ],
    ],
  ],
  [
    'what make and shells would find special',
    'a: ~x @y~ t+t-x!=1 cn={0}c.ldif a[1]b@2%c p|q r;s t*u v<w>`x`?\n',
    [[['a'], ['~x', '@y~', 't+t-x!=1', 'cn={0}c.ldif', 'a[1]b@2%c', 'p|q', 'r;s', 't*u', 'v<w>`x`?']]],
  ],
  ['names that are not ASCII', 'é.o: Fußball.h 漢\\ 字.h 😀\n', [[['é.o'], ['Fußball.h', '漢 字.h', '😀']]]],
  ['a carriage return inside a name', 'a: b\rc\n', [[['a'], ['b\rc']]]],
];

describe('parseDepfile', () => {
  it.each(accepted)('reads %s', (_name, text, rules) => {
    expect(rulesOf(text)).toEqual(rules);
  });

  it('says which line lacks its colon', () => {
    expect(problemOf('a.o a.c\n')).toEqual({ line: 1, problem: 'missing-colon' });
    expect(problemOf('a: x \\\n y\n\n \\\nb\\\n c\nd: e\n')).toEqual({ line: 5, problem: 'missing-colon' });
  });

  it('refuses a rule without a target', () => {
    expect(problemOf('a: x\n : y\n')).toEqual({ line: 2, problem: 'missing-target' });
  });

  it('refuses a NUL, which no name can contain', () => {
    expect(problemOf('a: x\0\n')).toEqual({ line: 1, problem: 'nul-byte' });
    expect(problemOf('\0')).toEqual({ line: 1, problem: 'nul-byte' });
  });

  // Each of these takes hours where a run of characters is gone through again from each of its members.
  it.each(['\\', '\\ ', '\\#', '\\:', '$', ':', ' ', '\\\n', '\n', 'a'])('gets through 5 MB of %j', (unit) => {
    const times = 5_000_000 / unit.length;
    const result = parseDepfile(`a: ${unit.repeat(times)}`);
    expect(result.ok || result.failure.problem === 'missing-colon').toBe(true);
  });

  it('gives back the names that the escapes of the compilers stand for', () => {
    const word = fc
      .string({ unit: fc.constantFrom('a', 'é', '漢', '\\', '\\', ' ', '\t', '#', '$', ':', '|', '%'), minLength: 1 })
      .filter((name) => !name.includes('\\:') && !/(?<!\\)(\\\\)*\\$/.test(name));
    const target = word.filter((name) => !name.endsWith(':'));
    const gap = fc.constantFrom(' ', ' \\\n ', ' \\\r\n  ', '\\\n ', '\t');
    const rule = fc.record({
      targets: fc.array(target, { minLength: 1, maxLength: 3 }),
      prerequisites: fc.array(word),
    });
    fc.assert(
      fc.property(fc.array(rule), gap, fc.constantFrom('\n', '\r\n'), (rules, between, end) => {
        // A backslash that touches a name which ends in backslashes would be one of them.
        const join = (names: readonly string[]) =>
          names.map((name) => (name.endsWith('\\') ? `${escape(name)} ` : escape(name))).join(between);
        const text = rules.map((each) => `${join(each.targets)}:${between}${join(each.prerequisites)}${end}`).join('');
        expect(rulesOf(text)).toEqual(rules.map((each) => [each.targets, each.prerequisites]));
      }),
      { numRuns: 500 },
    );
  });

  it('gives back hostile names as gcc itself escapes them', () => {
    const names = [
      ...['a b.h', 'a  b.h', ' lead.h', 'trail ', 'tab\there.h', 'a\\ b.h', 'a\\\\ b.h', '\\\\\\ x.h', 'a\\b.h'],
      ...['a#b.h', 'a\\#b.h', 'a\\\\#b.h', '#', 'a$b.h', 'a$$b.h', 'a\\$b.h', 'even\\\\', 'a:b.h'],
      ...['~t.h', 'a%b', 'a;b', 'a|b', 'a*b', 'a?b', `'q'`, 'a=b', 'é.h', '漢 字.h', '😀.h', '-MM', '@a', 'vt\v.h'],
      ...Array.from({ length: 30 }, (_, index) => `wraps lines ${index}.h`),
    ];
    const directory = mkdtempSync(join(tmpdir(), 'makenix-depfile-'));
    try {
      for (const name of names) writeFileSync(join(directory, name), '');
      writeFileSync(join(directory, 't.c'), names.map((name) => `#include "${name}"\n`).join(''));
      const gcc = (...args: readonly string[]) => execFileSync('gcc', args, { cwd: directory, encoding: 'utf8' });
      const targets = ['out dir/a#$\\ b.o', 'even\\\\', 'end\\'];
      const mq = targets.flatMap((name) => ['-MQ', name]);
      expect(rulesOf(gcc('-MM', '-MP', ...mq, 't.c'))).toEqual([
        [targets, ['t.c', ...names]],
        ...names.map((name) => [[name], []]),
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

/** What gcc's `-MQ` does to a target and `-M` to a prerequisite. */
const escape = (name: string): string =>
  name
    .replace(/(\\*)([ \t])/g, '$1$1\\$2')
    .replaceAll('#', '\\#')
    .replaceAll('$', '$$$$');
