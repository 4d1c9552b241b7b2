import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandResponseFiles, responseWords } from './response-file.ts';

describe('the words of a response file', () => {
  it.each<readonly [text: string, words: readonly string[]]>([
    ['', []],
    [' \n\t\r\n', []],
    ['a b\nc\r\n  d ', ['a', 'b', 'c', 'd']],
    ['"a b" \'c d\' e"f g"h', ['a b', 'c d', 'ef gh']],
    ['a\\ b \\"c\\" \\\\', ['a b', '"c"', '\\']],
    ['"a\\"b" \'c\\\'d\'', ['a"b', "c'd"]],
    ['"a\\b" \'c\\d\' e\\f', ['ab', 'cd', 'ef']],
    ['"" \'\' a""', ['', '', 'a']],
    ['"\'" \'"\'', ["'", '"']],
    ['a\\\nb', ['a\nb']],
    ['"open to the end', ['open to the end']],
    ['a\\', ['a']],
  ])('%j', (text, words) => {
    expect(responseWords(text)).toEqual(words);
  });

  it('are what was quoted', () => {
    const quote = (word: string) => `"${word.replace(/[\\"]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(responseWords(words.map(quote).join('\n'))).toEqual(words);
      }),
    );
  });

  describe('as gcc reads them', () => {
    let directory = '';
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'makenix-words-'));
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    it('one by one', () => {
      const characters = fc.constantFrom('a', 'b', ' ', '\t', '"', "'", '\\', '$', '*', '#');
      fc.assert(
        fc.property(fc.string({ unit: characters, maxLength: 12 }), (text) => {
          writeFileSync(join(directory, 'words'), `x ${text}`);
          // Each word is a file that is not there, and gcc says so for each.
          const env = { ...process.env, LC_ALL: 'C' };
          const said = spawnSync('gcc', ['-c', '@words'], { cwd: directory, encoding: 'utf8', env }).stderr;
          const [, ...missing] = Array.from(said.matchAll(/^gcc: error: ([^]*?): linker input/gm), ([, name]) => name);
          expect(missing).toEqual(responseWords(text));
        }),
        { numRuns: 60 },
      );
    });
  });
});

describe('response files', () => {
  const files = new Map([
    ['a', '-c @b "x y"'],
    ['b', '@missing -O2'],
    ['empty', ''],
    ['one', '@two'],
    ['two', 'z @one'],
    ['self', '@self'],
    ['gcc', 'no'],
  ]);
  const expand = (line: string) => expandResponseFiles(line.split(' '), files);

  it.each([
    ['gcc @a z', ['gcc', '-c', '@missing', '-O2', 'x y', 'z']],
    ['@gcc @empty @b @b', ['@gcc', '@missing', '-O2', '@missing', '-O2']],
    ['gcc -Wl,@a', ['gcc', '-Wl,@a']],
    ['gcc @ x', ['gcc', '@', 'x']],
  ])('%s', (line, value) => {
    expect(expand(line)).toEqual({ ok: true, value });
  });

  it('are refused where they name each other', () => {
    expect(expand('gcc @one')).toEqual({ ok: false, failure: { problem: 'cycle', files: ['one', 'two'] } });
    expect(expand('gcc @self')).toEqual({ ok: false, failure: { problem: 'cycle', files: ['self'] } });
  });

  it('may be nested deeply', () => {
    const deep = new Map(Array.from({ length: 20_000 }, (_, i) => [`f${i}`, `@f${i + 1}`]));
    expect(expandResponseFiles(['gcc', '@f0'], deep)).toEqual({ ok: true, value: ['gcc', '@f20000'] });
  });
});
