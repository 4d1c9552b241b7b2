import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { reduceToDirectives } from './projection.ts';

/** The promise to dynamic mode, which scans reduced files only: gcc says of them what it says of the files themselves. */

const scratch = mkdtempSync(join(tmpdir(), 'makenix-reduce-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let trees = 0;

function write(files: ReadonlyMap<string, Buffer>): string {
  const root = join(scratch, String(trees++));
  for (const [i, [path, contents]] of [...files].entries()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents);
    // Two files of equal contents and time are one to `#pragma once`.
    utimesSync(join(root, path), i, i);
  }
  return root;
}

const reduced = (files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> =>
  new Map([...files].map(([path, contents]) => [path, reduceToDirectives(contents).text]));

function gcc(cwd: string, args: readonly string[]) {
  const { error, status, stdout, stderr } = spawnSync('gcc', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

const names = ['main.c', 'a.h', 'b.h', 'd/c.h', 'd/e.h'] as const;
type Name = (typeof names)[number];

/** Lines that no compiler fails over, so that there is a rule to compare; a file includes only those after it. */
const lineOf = (name: Name): fc.Arbitrary<string> => {
  const later = names.slice(names.indexOf(name) + 1);
  const included = later.length === 0 ? ['none.h'] : later;
  const include = fc
    .constantFrom(...included)
    .chain((other) =>
      fc.constantFrom(
        ...[
          `#include "${other}"`,
          `  #  include /* a */ <${other}> // b`,
          `#inc\\\nlude "${other}"`,
          `#import "${other}"`,
        ],
        ...[
          `/* a\n*/ #include "${other}" /* over\nlines */`,
          `#define I "${other}"\n#include I`,
          `%:include "${other}"`,
        ],
        ...[
          `#if __has_include("${other}")\n#include "${other}"\n#endif`,
          `_Pragma("once") int q;\n#include "${other}"`,
        ],
        ...[`#ifdef A\n#include "${other}"\n#else\n#define A 1\n#endif`, `#if A + 0 > 1\n#include "${other}"\n#endif`],
        ...[`#undef A\n#define A \\\n 2\n#ifndef B\n#include "${other}"\n#endif`, `// x \\\n#include "${other}"`],
        ...[`#if __COUNTER__ == 0\n#include "${other}"\n#endif`, `#if __LINE__ > 9\n#include "${other}"\n#endif`],
        ...[`#pragma push_macro("A")\n#undef A\n#ifdef A\n#include "${other}"\n#endif\n#pragma pop_macro("A")`],
        ...[
          `#define STR(x) #x\n#define H(x) STR(x)\n#include H(${other})`,
          `#if 0\n#include "${other}"\n#error no\n#endif`,
        ],
      ),
    );
  const body = fc.constantFrom(
    ...['', 'int x;', 'f(a, "b" "c");', 'char *s = "/* \\" // #include";', "int c = '\"';", 'x /* a */ /= 2; // b'],
    ...[
      "long n = 1'000'000;",
      'f(R"x(\n#include "never.h"\n)x");',
      'int y = __COUNTER__;',
      '#warning said later',
      'F(\n',
    ],
    ...[
      'x = "a\\\n#include \\"c.h\\"";',
      '// don\'t say "a"',
      '#pragma once',
      '#pragma GCC system_header',
      '#define B',
      '\f',
    ],
    ...['#line 5 "elsewhere/x.c"', '# 7 "x.c"', '#ident "x"', '\uFEFF', 'é', '#', '#define F(x, ...) #x __VA_ARGS__'],
  );
  return fc.oneof({ weight: 3, arbitrary: include }, { weight: 2, arbitrary: body });
};
const fileOf = (name: Name, maxLength: number) =>
  fc
    .tuple(fc.array(lineOf(name), { maxLength }), fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(([lines, end, isEnded]) => Buffer.from(lines.join(end).replaceAll(/(?<!\r)\n/g, end) + (isEnded ? end : '')));
const tree = fc.record({
  'main.c': fileOf('main.c', 12),
  'a.h': fileOf('a.h', 6),
  'b.h': fileOf('b.h', 5),
  'd/c.h': fileOf('d/c.h', 5),
  'd/e.h': fileOf('d/e.h', 3),
});
const language = fc.constantFrom(
  ...['c/c90', 'c/gnu89', 'c/c99', 'c/gnu17', 'c/c2x', 'c++/c++98', 'c++/gnu++98', 'c++/c++17', 'c++/gnu++20'],
);

describe('gcc -M of reduced files', () => {
  it('is that of the files themselves, in any language', () => {
    let rules = 0;
    fc.assert(
      fc.property(tree, language, (files, lang) => {
        const [x = '', std = ''] = lang.split('/');
        const args = ['-x', x, `-std=${std}`, '-w', '-M', '-MG', '-I.', '-Id', 'main.c'];
        const whole = new Map(Object.entries(files));
        const real = gcc(write(whole), args);
        const other = gcc(write(reduced(whole)), args);
        // A body can be wrong by itself, which is left to its compile to say.
        if (real.status !== 0) return;
        rules++;
        expect(other).toEqual(real);
      }),
      { numRuns: 80 },
    );
    expect(rules).toBeGreaterThan(20);
  });

  it.each([
    [
      'c',
      [
        'stdio.h',
        'stdlib.h',
        'signal.h',
        'pthread.h',
        'math.h',
        'unistd.h',
        'sys/stat.h',
        'netinet/in.h',
        'stdatomic.h',
      ],
    ],
    ['c++', ['vector', 'map', 'string', 'iostream', 'thread', 'regex', 'filesystem', 'functional', 'random', 'cmath']],
  ])("is the same for the system's own headers (%s)", (x, headers) => {
    const source = headers.map((header) => `#include <${header}>\n`).join('');
    const start = write(new Map([['main.c', Buffer.from(source)]]));
    const language = ['-x', x, ...(x === 'c' ? [] : ['-std=c++17']), 'main.c'];
    const { stderr } = gcc(start, ['-E', '-v', '-o', '/dev/null', ...language]);
    const searched =
      /^#include <\.\.\.> search starts here:\n((?: .*\n)*)/m
        .exec(stderr)?.[1]
        ?.trim()
        .split(/\s*\n\s*/) ?? [];
    const { stdout } = gcc(start, ['-M', ...language]);
    const read = new Set([...stdout.matchAll(/ (\/\S+)/g)].map(([, path = '']) => normalize(path)));
    expect(read.size).toBeGreaterThan(30);

    const files = new Map([...read].map((path) => [path.slice(1), readFileSync(path)]));
    files.set('main.c', Buffer.from(source));
    const directories = searched.flatMap((path) => ['-isystem', normalize(path).slice(1)]);
    const args = ['-M', '-nostdinc', ...directories, ...language];
    const real = gcc(write(files), args);
    expect(real).toMatchObject({ status: 0 });
    expect(gcc(write(reduced(files)), args)).toEqual(real);
  });
});
