import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

/** A text with `‸` where the trouble is, and that place counted by hand. */
function marked(text: string): { readonly text: string; readonly line: number; readonly column: number } {
  const [before = '', after] = text.split('‸');
  if (after === undefined) throw new Error('no mark');
  const lines = before.split('\n');
  return { text: before + after, line: lines.length, column: lines.at(-1)!.length + 1 };
}

function failure(text: string) {
  const result = readConfig('makenix.json', text);
  if (result.ok) throw new Error(`accepted: ${text}`);
  return result.failure;
}

/** `[text with a mark, at, problem, suggestion]` */
type Case = readonly [string, string, string, string?];

function refuses(cases: readonly Case[]): void {
  for (const [document, at, problem, suggestion] of cases) {
    const { text, line, column } = marked(document);
    const failed = { kind: 'config-invalid', file: 'makenix.json', line, column, at, problem };
    it(document.slice(0, 100).replace('\0', '␀'), () => {
      expect(failure(text)).toEqual(suggestion === undefined ? failed : { ...failed, suggestion });
    });
  }
}

describe('a good configuration', () => {
  it('is returned as it is written, comments and trailing commas aside', () => {
    const text = `\uFEFF// Lua
      {
        "$schema": "https://example.org/makenix.schema.json",
        "name": "lua", /* the interpreter */
        "toolchain": "host",
        "store": "/tmp/store",
        "output": "nix/derivation.nix",
        "ignore": ["build/**", "*.tmp",],
        "cflags": ["-O2"],
        "targets": {
          "lua": {
            "sources": ["src/*.c", "!src/luac.c", "./main.c", "src/[ab].cpp"],
            "include": ["src", ".", "src/../inc"],
            "defines": { "LUA_USE_LINUX": true, "VERSION": "\\"5.4\\"", "N": 3, "HALF": 0.5, "X": false, "F(x)": "x" },
            "cxxflags": ["-std=c++20"],
            "ldflags": ["-Wl,-E"],
            "libs": ["liblua", "-lm", "-l:libz.a"],
            "packages": ["zlib", "xorg.libX11", { "nixpkgs": "SDL2", "pkg-config": "sdl2" }],
          },
          "liblua": { "kind": "static-library", "sources": ["src/l*.c"], "libs": [] },
        },
      }`;
    const result = readConfig('makenix.json', text);
    expect(result).toEqual({
      ok: true,
      value: {
        $schema: 'https://example.org/makenix.schema.json',
        name: 'lua',
        toolchain: 'host',
        store: '/tmp/store',
        output: 'nix/derivation.nix',
        ignore: ['build/**', '*.tmp'],
        cflags: ['-O2'],
        targets: {
          lua: {
            sources: ['src/*.c', '!src/luac.c', './main.c', 'src/[ab].cpp'],
            include: ['src', '.', 'src/../inc'],
            defines: { LUA_USE_LINUX: true, VERSION: '"5.4"', N: 3, HALF: 0.5, X: false, 'F(x)': 'x' },
            cxxflags: ['-std=c++20'],
            ldflags: ['-Wl,-E'],
            libs: ['liblua', '-lm', '-l:libz.a'],
            packages: ['zlib', 'xorg.libX11', { nixpkgs: 'SDL2', 'pkg-config': 'sdl2' }],
          },
          liblua: { kind: 'static-library', sources: ['src/l*.c'], libs: [] },
        },
      },
    });
    // Targets are built, and the first linked to, in the order of the file.
    expect(result.ok && Object.keys(result.value.targets ?? {})).toEqual(['lua', 'liblua']);
  });

  it('may be empty', () => {
    expect(readConfig('makenix.json', '{}')).toEqual({ ok: true, value: {} });
  });
});

describe('syntax', () => {
  refuses([
    ['‸', '', 'expected a value'],
    ['// nothing\n‸', '', 'expected a value'],
    ['{\n  "name": "a"\n  ‸"store": "b"\n}', '', 'expected ","'],
    ['{ "name" ‸}', '', 'expected ":"'],
    ['{ "name": ‸}', '', 'expected a value'],
    ['{ ‸name: 1 }', '', 'unexpected "name"'],
    ['{ "name": ‸tru }', '', 'unexpected "tru"'],
    ['{ "name": ‸"a\n}', '', 'a string that is not closed'],
    ['{ "name": ‸"\\q" }', '', 'an escape that JSON does not have'],
    ['{ "name": ‸"\\u12" }', '', '"\\u" needs four hexadecimal digits'],
    ['{ "name": "a" }\n‸/* for ever', '', 'a comment that is not closed'],
    ['{}\n‸{}', '', 'expected the end of the file'],
    ['{ "name": "a"‸', '', 'expected "}"'],
    ['{ "cflags": ["a"‸', '', 'expected "]"'],
    ['{ "na‸\0me": "a" }', '', 'a NUL character'],
    [`${'['.repeat(64)}‸${'['.repeat(100_000)}`, '', 'nested too deeply'],
  ]);

  it('counts lines by any line break and columns in UTF-16 units', () => {
    expect(failure('{\r\n"name": "\u{1F600}", x')).toMatchObject({ line: 2, column: 15 });
    expect(failure('{\r"name": 1}')).toMatchObject({ line: 2, column: 9 });
    expect(failure('\uFEFF{"nam": 1}')).toMatchObject({ line: 1, column: 2 });
  });
});

describe('shape', () => {
  refuses([
    ['‸5', '', 'expected an object, found a number'],
    ['‸[]', '', 'expected an object, found an array'],
    ['{ ‸"cflag": [] }', 'cflag', 'unknown key "cflag"', 'cflags'],
    ['{ ‸"toString": [] }', 'toString', 'unknown key "toString"'],
    ['{ ‸"__proto__": { "cflags": 5 } }', '__proto__', 'unknown key "__proto__"'],
    ['{ "cflags": [], ‸"cflag": [], "1": 1 }', 'cflag', 'unknown key "cflag"'],
    ['{ "cflags": ‸5 }', 'cflags', 'expected an array of strings, found a number'],
    ['{ "cflags": ["-g", ‸5] }', 'cflags[1]', 'expected a string, found a number'],
    ['{ "cflags": ["-g", ‸""] }', 'cflags[1]', 'an empty string'],
    ['{ "name": ‸null }', 'name', 'expected a string, found null'],
    ['{ "toolchain": ‸"hots" }', 'toolchain', 'expected "host" or "nixpkgs", found "hots"', 'host'],
    ['{ "toolchain": ‸true }', 'toolchain', 'expected "host" or "nixpkgs", found a boolean'],
    ['{ "store": ‸"" }', 'store', 'an empty string'],
    ['{ "defines": ‸[] }', 'defines', 'expected an object, found an array'],
    ['{ "defines": { "A": ‸null } }', 'defines.A', 'expected a string, a number or a boolean, found null'],
    ['{ "defines": { ‸"A B": 1 } }', 'defines["A B"]', '"A B" cannot be defined: expected the name of a macro'],
    [
      '{ "defines": { "A": ‸"x\\ny" } }',
      'defines.A',
      'a line break, at which the compiler would cut the definition off',
    ],
    ['{ "packages": ‸{} }', 'packages', 'expected an array of strings or objects, found an object'],
    ['{ "packages": [‸5] }', 'packages[0]', 'expected a string or an object, found a number'],
    [
      '{ "packages": [‸"sdl 2"] }',
      'packages[0]',
      '"sdl 2" is not an attribute path of nixpkgs, such as "zlib" or "xorg.libX11"',
    ],
    ['{ "packages": [‸{ "nixpkgs": "SDL2" }] }', 'packages[0]', 'missing key "pkg-config"'],
    [
      '{ "packages": [{ "nixpkgs": "SDL2", ‸"pkgconfig": "sdl2" }] }',
      'packages[0].pkgconfig',
      'unknown key "pkgconfig"',
      'pkg-config',
    ],
    [
      '{ "packages": [{ "nixpkgs": "SDL2", "pkg-config": ‸"--libs" }] }',
      'packages[0].pkg-config',
      '"--libs" is not the name of a pkg-config module',
    ],
    [
      '{ "targets": ‸{} }',
      'targets',
      'no targets: leave the key out to have the sources of src/ made into one executable',
    ],
    ['{ "targets": { ‸"a": {} } }', 'targets.a', 'missing key "sources"'],
    ['{ "targets": { "a": { ‸"source": [] } } }', 'targets.a.source', 'unknown key "source"', 'sources'],
    ['{ "targets": { "a.b": { "sources": ‸[] } } }', 'targets["a.b"].sources', 'no sources'],
    [
      '{ "targets": { "a": { "sources": ["a.c"], "kind": ‸"lib" } } }',
      'targets.a.kind',
      'expected "executable", "static-library" or "shared-library", found "lib"',
    ],
  ]);

  it.each(['', 'a b', '.a', '-a', 'a/b', 'é', 'x'.repeat(101), '__proto__', 'constructor'])(
    'no target is called %j',
    (name) => {
      const { text, line, column } = marked(`{ "targets": {\n ‸${JSON.stringify(name)}: { "sources": ["a.c"] } } }`);
      expect(failure(text)).toMatchObject({
        line,
        column,
        problem: expect.stringContaining('cannot be a name') as string,
      });
    },
  );

  it.each(['a', 'a+b', 'a.b_c?d=e-f', '0', 'x'.repeat(100)])('a target may be called %j', (name) => {
    expect(readConfig('f', `{ "targets": { ${JSON.stringify(name)}: { "sources": ["a.c"] } } }`).ok).toBe(true);
  });
});

describe('rules', () => {
  const target = (entries: string): string => `{ "targets": { "a": { "sources": ["a.c"], ${entries} } } }`;
  const sources = (entries: string): string => `{ "targets": { "a": { "sources": [${entries}] } } }`;
  refuses([
    ['{ "name": "a", ‸"name": "b" }', 'name', 'duplicate key "name"'],
    ['{ "targets": { "a": { "sources": ["a.c"] }, ‸"a": { "sources": ["b.c"] } } }', 'targets.a', 'duplicate key "a"'],
    ['{ "cflags": [‸"a\\u0000b"] }', 'cflags[0]', 'a NUL character'],
    ['{ "cflags": [‸"\\ud800"] }', 'cflags[0]', 'half a surrogate pair, which is no character'],
    ['{ "output": ‸"/tmp/x.nix" }', 'output', '"/tmp/x.nix" is not a file inside the project'],
    ['{ "output": ‸"a/../../x.nix" }', 'output', '"a/../../x.nix" is not a file inside the project'],
    ['{ "output": ‸"." }', 'output', '"." is not a file inside the project'],
    ['{ "ignore": [‸"/tmp/**"] }', 'ignore[0]', '"/tmp/**" is absolute: give a path relative to the project'],
    ['{ "ignore": [‸"!a"] }', 'ignore[0]', '"!a": "ignore" has no "!"'],
    ['{ "include": ["src", ‸"../inc"] }', 'include[1]', '"../inc" is not inside the project'],
    [
      '{ "include": [‸"/usr/include"] }',
      'include[0]',
      '"/usr/include" is absolute: "include" names project directories; for one of the system use "-I/usr/include" in "cflags"',
    ],
    [
      '{ "defines": { "N": ‸12345678901234567890 } }',
      'defines.N',
      'the value of "N" would reach the compiler as 12345678901234567000: write it as a string',
      '"12345678901234567890"',
    ],
    [
      target('"defines": { "ONE": ‸1.0 }'),
      'targets.a.defines.ONE',
      'the value of "ONE" would reach the compiler as 1: write it as a string',
      '"1.0"',
    ],
    [sources('‸"a.S"'), 'targets.a.sources[0]', '"a.S" is not a C or C++ source'],
    [sources('‸"src"'), 'targets.a.sources[0]', '"src" is not a C or C++ source'],
    [sources('"b.c", ‸"../a.c"'), 'targets.a.sources[1]', '"../a.c" is not inside the project'],
    [sources('"b.c", ‸"!../a.c"'), 'targets.a.sources[1]', '"!../a.c" is not inside the project'],
    [sources('‸"/a/*.c"'), 'targets.a.sources[0]', '"/a/*.c" is absolute: give a path relative to the project'],
    [sources('‸"../*.c"'), 'targets.a.sources[0]', '"../*.c" has ".." in a pattern'],
    [sources('‸"!"'), 'targets.a.sources[0]', '"!" is not inside the project'],
    [
      '{ "targets": { "main": { "sources": ["a.c"], "libs": [‸"libau"] }, "liblua": { "kind": "static-library", "sources": ["b.c"] } } }',
      'targets.main.libs[0]',
      'no target is called "libau"; a library of the system is given as "-l…"',
      'liblua',
    ],
    [
      target('"libs": ["-lm", ‸"-pthread"]'),
      'targets.a.libs[1]',
      '"-pthread" is neither a target nor "-l…": other linker flags belong in "ldflags"',
    ],
    [
      target('"libs": [‸"-l"]'),
      'targets.a.libs[0]',
      '"-l" is neither a target nor "-l…": other linker flags belong in "ldflags"',
    ],
    [
      target('"kind": "static-library", ‸"ldflags": ["-s"]'),
      'targets.a.ldflags',
      'a static library is not linked: give "ldflags" to what links it',
    ],
    [
      target('"cflags": ["-g", ‸"-c"]'),
      'targets.a.cflags[1]',
      '"-c" chooses what is made: "kind" of the target says it',
    ],
    [
      '{ "cxxflags": [‸"-MMD"] }',
      'cxxflags[0]',
      '"-MMD" asks for dependencies: makenix finds them itself, so leave it out',
    ],
    [
      '{ "ldflags": ["-s", ‸"-lm"] }',
      'ldflags[1]',
      '"-lm" before the objects would find nothing to link: put it in "libs"',
    ],
  ]);

  it('reports the first of several by position, of whatever sort', () => {
    const order = ['‸"-c"', '5', '""'];
    const { text, column } = marked(`{ "cflags": [${order.join(', ')}], "nam": 1, "name": "" }`);
    expect(failure(text)).toMatchObject({ column, at: 'cflags[0]' });
    const shapeFirst = marked('{ ‸"nam": 1, "cflags": ["-c"] }');
    expect(failure(shapeFirst.text)).toMatchObject({ column: shapeFirst.column, problem: 'unknown key "nam"' });
  });
});

// Each of these ends the process, or takes minutes, where it is gone into too deeply or too often.
describe('much of one thing', () => {
  const list = (unit: string): string => Array.from({ length: 200_000 }, () => unit).join(',');
  it.each([
    ['strings that are no text', `{ "cflags": [${list('"\\ud800"')}] }`],
    ['strings within lists within lists', `{ "targets": { "a": { "sources": [[${list('"\\u0000"')}]] } } }`],
    ['flags that are refused', `{ "cflags": [${list('"-o"')}] }`],
    ['nulls', `[${list('null')}]`],
    ['a key', `{ ${list('"cflags": 1')} }`],
    ['unknown keys', `{ ${Array.from({ length: 50_000 }, (_, i) => `"k${i}": 1`).join(',')} }`],
    ['brackets', '['.repeat(200_000)],
    ['brackets that are closed', `{ "targets": ${'['.repeat(100_000)}${']'.repeat(100_000)} }`],
    ['comments', '/*'.repeat(100_000)],
    ['a number', '1'.repeat(200_000)],
  ])(
    '%s is a failure',
    (_, text) => {
      expect(readConfig('makenix.json', text)).toMatchObject({ ok: false, failure: { kind: 'config-invalid' } });
    },
    // On a busy machine. Minutes, as above, are more.
    60_000,
  );
});
