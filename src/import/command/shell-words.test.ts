import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseShellCommand } from './shell-words.ts';
import type { SimpleCommand } from './shell-words.ts';

const command = (words: readonly string[], more: Partial<SimpleCommand> = {}): SimpleCommand => ({
  after: undefined,
  assignments: [],
  words,
  redirections: [],
  ...more,
});

describe('a command line', () => {
  it.each<readonly [text: string, ...commands: SimpleCommand[]]>([
    [''],
    [' \n\t# all a comment'],
    ['cc -c a.c', command(['cc', '-c', 'a.c'])],
    ['  cc\t-DX="a b" -DY=\'c "d"\' e\\ f  ', command(['cc', '-DX=a b', '-DY=c "d"', 'e f'])],
    ['cc "a\\"b\\\\c\\d\\$e" \'\' ""', command(['cc', 'a"b\\c\\d$e', '', ''])],
    [
      'cc -DX=\\"a\\" -Wl,-rpath,\'$ORIGIN\' -Wl,-rpath,\\$ORIGIN',
      command(['cc', '-DX="a"', '-Wl,-rpath,$ORIGIN', '-Wl,-rpath,$ORIGIN']),
    ],
    ['cc a\\\nb "c\\\nd" \\\n e', command(['cc', 'ab', 'cd', 'e'])],
    ['cc a#b # c', command(['cc', 'a#b'])],
    [
      'A=b C="d e" cc F=g',
      command(['cc', 'F=g'], {
        assignments: [
          { name: 'A', value: 'b' },
          { name: 'C', value: 'd e' },
        ],
      }),
    ],
    ['"A"=b "A=b" A\\=c', command(['A=b', 'A=b', 'A=c'])],
    [': && cc a && :', command([':']), command(['cc', 'a'], { after: '&&' }), command([':'], { after: '&&' })],
    [
      'cd d && cc a; cc b\ncc c;',
      command(['cd', 'd']),
      command(['cc', 'a'], { after: '&&' }),
      command(['cc', 'b'], { after: ';' }),
      command(['cc', 'c'], { after: ';' }),
    ],
    ['a &&\n\n b', command(['a']), command(['b'], { after: '&&' })],
    [
      'gen <in >out 2>&1 3>>log x',
      command(['gen', 'x'], {
        redirections: [
          { descriptor: undefined, operator: '<', target: 'in' },
          { descriptor: undefined, operator: '>', target: 'out' },
          { descriptor: 2, operator: '>&', target: '1' },
          { descriptor: 3, operator: '>>', target: 'log' },
        ],
      }),
    ],
    ['gen a2>out', command(['gen', 'a2'], { redirections: [{ descriptor: undefined, operator: '>', target: 'out' }] })],
    ['[ -f x ]', command(['[', '-f', 'x', ']'])],
    [
      'cc \'*\' "?" \\[a] "~" \'{a,b}\' a~b {} "$" $',
      command(['cc', '*', '?', '[a]', '~', '{a,b}', 'a~b', '{}', '$', '$']),
    ],
    ["'if' x", command(['if', 'x'])],
  ])('%j', (text, ...commands) => {
    expect(parseShellCommand(text as string)).toEqual({ ok: true, value: commands });
  });

  it.each([
    ['cc $(pwd)', 'substitution', 3],
    ['cc "`pwd`"', 'substitution', 4],
    ['cc $A', 'variable', 3],
    ['cc "${A}"', 'variable', 4],
    ["cc $'a'", 'variable', 3],
    ['cc ~/a', 'tilde', 3],
    ['A=~ cc', 'tilde', 0],
    ['cc *.c', 'glob', 3],
    ['cc a[bc]', 'glob', 3],
    ['cc {a,b}.c', 'glob', 3],
    ['a | b', 'pipe', 2],
    ['a || b', 'or', 2],
    ['a & b', 'background', 2],
    ['(a)', 'subshell', 0],
    ['a <<E', 'here-document', 2],
    ['if a; then b; fi', 'compound-command', 0],
    ['a; { b; }', 'compound-command', 3],
    ['! a', 'compound-command', 0],
    ["cc 'a", 'unfinished-quote', 3],
    ['cc "a', 'unfinished-quote', 3],
    ['cc \\', 'unfinished-quote', 3],
    ['a &&', 'missing-command', 4],
    ['&& a', 'missing-command', 0],
    ['a ;; b', 'missing-command', 3],
    ['a && ; b', 'missing-command', 5],
    ['a >', 'missing-target', 2],
    ['a > && b', 'missing-target', 2],
  ])('%j is refused', (text, problem, at) => {
    expect(parseShellCommand(text)).toEqual({ ok: false, failure: { at, problem } });
  });

  it('has the words that were quoted', () => {
    const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
        expect(parseShellCommand(words.map(quote).join(' '))).toEqual({ ok: true, value: [command(words)] });
      }),
    );
  });

  describe('as sh reads it', () => {
    let directory = '';
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'makenix-shell-'));
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    it('where a line is continued in the middle of a variable', () => {
      expect(parseShellCommand('cc $\\\nCFLAGS')).toMatchObject({ ok: false, failure: { problem: 'variable' } });
    });

    it('word by word', () => {
      const characters = fc.constantFrom(
        'a',
        'b',
        ' ',
        '\n',
        '"',
        "'",
        '\\',
        '$',
        '#',
        '~',
        '=',
        '{',
        '}',
        ']',
        '!',
        '/',
      );
      fc.assert(
        fc.property(fc.string({ unit: characters, maxLength: 10 }), (text) => {
          const line = `printf '%s\\0' x ${text}`;
          const parsed = parseShellCommand(line);
          // Nothing but printf is run: these have one command, and no redirection.
          const commands = parsed.ok ? parsed.value : [];
          fc.pre(commands.length === 1);
          const words = commands.flatMap((each) => each.words.slice(2));
          const { stdout } = spawnSync('sh', ['-c', line], { cwd: directory, encoding: 'utf8' });
          expect(stdout.split('\0').slice(0, -1)).toEqual(words);
        }),
        { numRuns: 150 },
      );
    });
  });
});

// Each of these takes minutes where a stretch of text is gone through again from each of its places.
it.each([
  '{',
  '{,',
  '{..',
  '}{,',
  '"',
  "'",
  '\\',
  '$\\\n',
  '\\\n',
  '1',
  '1>',
  '&&a ',
  ';',
  '#',
  'a=',
  ':~',
  '`',
  '@a ',
])('gets through much of %j', (unit) => {
  for (const before of ['', 'cc ', 'cc "'])
    expect(typeof parseShellCommand(before + unit.repeat(300_000 / unit.length)).ok).toBe('boolean');
});

it('takes braces for a pattern where some shell would', () => {
  const text = fc.string({ unit: fc.constantFrom('{', '}', ',', '.', 'a'), maxLength: 9 });
  fc.assert(
    fc.property(text, (word) => {
      const isPattern = /\{.*(?:,|\.\.).*\}/.test(word);
      const parsed = parseShellCommand(`cc x${word}`);
      expect(parsed.ok).toBe(!isPattern);
    }),
    { numRuns: 500 },
  );
});
