import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nixAttribute, nixPath, nixSelection, nixString, nixStrings } from './nix-text.ts';

/** All that is special in some Nix string, and any code point but NUL, which no file name or argument can hold. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('$', '${', '$$', '\\', '"', "''", '{', '}', '\n', '\r', '\r\n', '\t', ' ', 'a', '\\n', '#', '/*'),
      fc.string({ unit: 'binary', maxLength: 2 }).map((any) => any.replaceAll('\0', '')),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

describe('nixString', () => {
  it('is a literal that evaluates to the text', () => {
    fc.assert(
      fc.property(text, (any) => {
        const literal = nixString(any);
        expect(readLiteral(literal)).toEqual({ value: any, length: literal.length });
      }),
      { numRuns: 2000 },
    );
  });

  it('stays on one line, so that a diff of lines is a diff of strings', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(nixString(any)).not.toMatch(/[\n\r]/);
      }),
    );
  });

  it.each([
    ['src/hello.c', '"src/hello.c"'],
    ['$ORIGIN/../lib', '"$ORIGIN/../lib"'],
    ['${x}', '"\\${x}"'],
    ['$${x}', '"$\\${x}"'],
    ['say "\\"', '"say \\"\\\\\\""'],
    ['a\r\nb\tc', '"a\\r\\nb\\tc"'],
  ])('writes %j as %s', (any, literal) => {
    expect(nixString(any)).toBe(literal);
  });
});

describe('nixAttribute', () => {
  it('is an identifier that is no keyword, or a literal', () => {
    const name = fc.oneof(text, fc.constantFrom('main', 'or', 'rec', 'let', 'a-b', "a'", '9a', '-a', 'a.b', '', '_'));
    fc.assert(
      fc.property(name, (any) => {
        expect(readAttribute(nixAttribute(any))).toBe(any);
      }),
    );
  });

  it.each(['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with'])('quotes %s', (keyword) => {
    expect(nixAttribute(keyword)).toBe(`"${keyword}"`);
  });
});

it('selects each part of an attribute path by itself', () => {
  expect(nixSelection('xorg.libX11')).toBe('xorg.libX11');
  expect(nixSelection('python3.with.1st')).toBe('python3."with"."1st"');
});

it('writes lists and paths of such literals', () => {
  expect(nixStrings([])).toBe('[ ]');
  expect(nixStrings(['-DX="${y}"', 'b'])).toBe('[ "-DX=\\"\\${y}\\"" "b" ]');
  expect(nixPath('/home/a b/${c}')).toBe('(/. + "/home/a b/\\${c}")');
});

/**
 * A string literal at the beginning of the text, as the STRING rules of Nix's lexer read it (nix: src/libexpr/lexer.l):
 * `$` takes the next character with it unless that is `{`, `"` or a backslash, and CR and CR LF are LF.
 */
function readLiteral(source: string): { readonly value: string; readonly length: number } {
  if (!source.startsWith('"')) throw new Error(`no literal: ${source}`);
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  let value = '';
  let at = 1;
  for (;;) {
    const character = source[at];
    const following = source[at + 1];
    if (character === undefined) throw new Error(`no end: ${source}`);
    if (character === '"') return { value, length: at + 1 };
    if (character === '$' && following === '{') throw new Error(`an interpolation: ${source}`);
    if (character === '\\') {
      if (following === undefined) throw new Error(`no end: ${source}`);
      value += escapes[following] ?? following;
      at += 2;
    } else if (character === '$' && following !== undefined && following !== '"' && following !== '\\') {
      value += `$${following === '\r' ? '\n' : following}`;
      at += 2;
    } else if (character === '\r') {
      value += '\n';
      at += following === '\n' ? 2 : 1;
    } else {
      value += character;
      at += 1;
    }
  }
}

const keywords = ['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with'];

function readAttribute(source: string): string {
  if (source.startsWith('"')) {
    const { value, length } = readLiteral(source);
    if (length !== source.length) throw new Error(`more than one literal: ${source}`);
    return value;
  }
  // ID of the lexer.
  if (!/^[a-zA-Z_][a-zA-Z0-9_'-]*$/.test(source) || keywords.includes(source))
    throw new Error(`no identifier: ${source}`);
  return source;
}
