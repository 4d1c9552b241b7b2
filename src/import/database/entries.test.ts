import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDatabase } from './entries.ts';

const entry = { directory: '/p', file: 'a.c' };

describe('a compilation database', () => {
  it('has commands in one word or in several, which go before', () => {
    const text = JSON.stringify([
      { ...entry, command: 'cc -c a.c', output: 'a.o' },
      { ...entry, arguments: ['cc', '-c', 'a.c'] },
      { ...entry, arguments: ['cc'], command: 'gcc' },
    ]);
    expect(readDatabase('db.json', text)).toEqual({
      ok: true,
      value: [
        { ...entry, output: 'a.o', command: 'cc -c a.c' },
        { ...entry, output: undefined, command: ['cc', '-c', 'a.c'] },
        { ...entry, output: undefined, command: ['cc'] },
      ],
    });
  });

  it('may have keys of which the format knows nothing, and a byte order mark', () => {
    const text = `\uFEFF${JSON.stringify([{ ...entry, command: 'cc', hash: { x: 1 } }])}`;
    expect(readDatabase('db.json', text)).toMatchObject({ ok: true, value: [{ command: 'cc' }] });
  });

  it.each<readonly [text: string, problem: string, line: number, column: number, at: string]>([
    ['{}', 'expected an array of compile commands, found an object', 1, 1, ''],
    ['null', 'expected an array of compile commands, found null', 1, 1, ''],
    ['[\n  "cc -c a.c"\n]', 'expected an object, found a string', 2, 3, '[0]'],
    ['[[]]', 'expected an object, found an array', 1, 2, '[0]'],
    ['[{ "file": "a.c", "command": "cc" }]', 'missing key "directory"', 1, 2, '[0]'],
    ['[{ "directory": "/p", "command": "cc" }]', 'missing key "file"', 1, 2, '[0]'],
    ['[{ "directory": "/p", "file": "a.c" }]', 'missing key "command" or "arguments"', 1, 2, '[0]'],
    ['[{ "directory": "/p", "file": 1, "command": "cc" }]', 'expected a string, found a number', 1, 31, '[0].file'],
    ['[{ "directory": "", "file": "a", "command": "cc" }]', 'an empty string', 1, 17, '[0].directory'],
    [
      '[{ "directory": "/p", "file": "a", "output": null, "command": "cc" }]',
      'expected a string, found null',
      1,
      46,
      '[0].output',
    ],
    [
      '[{ "directory": "/p", "file": "a", "arguments": "cc" }]',
      'expected an array of strings, found a string',
      1,
      49,
      '[0].arguments',
    ],
    [
      '[{ "directory": "/p", "file": "a", "arguments": ["cc", true] }]',
      'expected a string, found a boolean',
      1,
      56,
      '[0].arguments[1]',
    ],
    ['[{ "directory": "/p", "file": "a\\u0000", "command": "cc" }]', 'a NUL character', 1, 31, '[0].file'],
    ['[{ "directory": "/p" "file": "a" }]', 'expected ","', 1, 22, ''],
    ['[ // none\n]', 'not what JSON allows', 1, 1, ''],
  ])('%s is refused', (text, problem, line, column, at) => {
    expect(readDatabase('db.json', text)).toEqual({
      ok: false,
      failure: { kind: 'config-invalid', file: 'db.json', line, column, at, problem },
    });
  });

  it('never makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        readDatabase('db.json', text);
      }),
    );
  });
});
