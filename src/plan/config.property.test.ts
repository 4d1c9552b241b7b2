import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { TARGET_NAME } from './names.ts';

const sample = `{
  // A comment.
  "name": "lua",
  "cflags": ["-O2", "-DX"],
  "defines": { "N": 3, "S": "\\u0041" },
  "targets": {
    "lua": { "sources": ["src/*.c", "!src/luac.c"], "libs": ["liblua", "-lm"], "packages": [{ "nixpkgs": "a", "pkg-config": "b" }] },
    "liblua": { "kind": "static-library", "sources": ["lib/a.c"] },
  },
}`;

const damaged = fc
  .array(fc.tuple(fc.nat(sample.length), fc.nat(8), fc.string({ unit: 'binary', maxLength: 3 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((edits) => edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), sample));

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...Array.from('{}[],:"\\/*!-. \n\r\t01eE'),
        'true',
        'null',
        '"a"',
        '"targets"',
        '"sources"',
        '"\\u0000"',
      ),
    )
    .map((parts) => parts.join('')),
  fc.json(),
  damaged,
);

describe('readConfig', () => {
  it('takes any text, and places a failure inside it', () => {
    fc.assert(
      fc.property(text, (document) => {
        const result = readConfig('makenix.json', document);
        if (result.ok) return;
        const { line, column, problem } = result.failure;
        const lines = document.split(/\r\n|\r|\n/);
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
        expect(problem).not.toBe('');
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves what it accepts unchanged', () => {
    const flag = fc.constantFrom('-O2', '-g', '-Wall');
    const settings = {
      include: fc.array(fc.constantFrom('src', '.', 'a/b')),
      defines: fc.dictionary(
        fc.stringMatching(/^[A-Z][A-Z0-9_]{0,9}$/),
        fc.oneof(fc.boolean(), fc.integer(), fc.constant('x y')),
      ),
      cflags: fc.array(flag),
      packages: fc.array(fc.oneof(fc.constant('zlib'), fc.constant({ nixpkgs: 'a.b', 'pkg-config': 'c' }))),
    };
    const target = fc.record(
      {
        sources: fc.array(fc.constantFrom('a.c', 'src/*.c', '!b.c'), { minLength: 1 }),
        libs: fc.array(fc.constant('-lm')),
        ...settings,
      },
      { requiredKeys: ['sources'] },
    );
    // Seldom, but it happens: `a.o` is no name.
    const targetName = fc.stringMatching(/^[a-z][a-z0-9+._?=-]{0,9}$/).filter((name) => TARGET_NAME.test(name));
    const config = fc.record(
      {
        name: fc.constant('p'),
        targets: fc.dictionary(targetName, target, { minKeys: 1 }),
        ...settings,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(config, (value) => {
        expect(readConfig('f', JSON.stringify(value, null, 1))).toEqual({
          ok: true,
          value: JSON.parse(JSON.stringify(value)) as unknown,
        });
      }),
    );
  });
});
