import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import { ignoreMatcher } from './ignore.ts';
import { compileGlob, readPattern, staticPrefix } from './pattern.ts';
import { leavesProject } from './project-bounds.ts';
import { indexSources, selectSources } from './sources.ts';

const paths = (files: readonly string[]) => files.map(trustedProjectPath);

const tree = paths([
  'main.c',
  'src/lua.c',
  'src/luac.c',
  'src/lapi.c',
  'src/lapi.h',
  'src/start.S',
  'src/.hidden.c',
  'src/.cache/a.c',
  'src/net/tcp.c',
  'src/net/tcp.cpp',
  'src/c++.c',
  'src/a(1).c',
  'src/a1.c',
  'src/[id].c',
  'src/i.c',
  'src/with space.c',
  'srcs/x.c',
  'README',
]);

describe('selectSources', () => {
  it.each([
    [['src/lua.c'], ['src/lua.c']],
    [['./src//net/../lua.c'], ['src/lua.c']],
    [['*'], ['main.c']],
    [['src/l*.c'], ['src/lapi.c', 'src/lua.c', 'src/luac.c']],
    [
      ['src/l*.c', '!src/luac.c'],
      ['src/lapi.c', 'src/lua.c'],
    ],
    // In order: what was taken away can come back.
    [
      ['!src/luac.c', 'src/l*.c'],
      ['src/lapi.c', 'src/lua.c', 'src/luac.c'],
    ],
    [
      ['src/l*.c', '!src/lua*', 'src/luac.c'],
      ['src/lapi.c', 'src/luac.c'],
    ],
    [['src/!(luac|lapi).c', '!src/{i,a1}.c', '!src/c*', '!src/w*', '!src/a*', '!src/\\[id].c'], ['src/lua.c']],
    [['src/net/**'], ['src/net/tcp.c', 'src/net/tcp.cpp']],
    [['**/tcp.c'], ['src/net/tcp.c']],
    [['src/*/*.{cpp,cc}'], ['src/net/tcp.cpp']],
    // Hidden names are for those who name them.
    [['src/.h*.c'], ['src/.hidden.c']],
    [['src/.cache/a.c'], ['src/.cache/a.c']],
    // The path of a source means that source, whatever its characters mean in a pattern.
    [['src/[id].c'], ['src/[id].c']],
    [['src/a(1).c'], ['src/a(1).c']],
    [['src/c++.c'], ['src/c++.c']],
    [['src/with space.c'], ['src/with space.c']],
    [['src/[i]*.c'], ['src/i.c']],
    // Bytewise, whatever the order of the patterns; each once.
    [
      ['srcs/x.c', 'main.c', '*.c'],
      ['main.c', 'srcs/x.c'],
    ],
  ])('%j selects %j', (patterns, expected) => {
    expect(selectSources(indexSources(tree), patterns)).toEqual({ ok: true, value: expected });
  });

  it.each([
    [['src/*.c', 'src/gone.c'], ['src/gone.c']],
    [['src/*.S'], ['src/*.S']],
    [
      ['src/lua.c', '!src/*.c'],
      ['src/lua.c', '!src/*.c'],
    ],
    [['nowhere/**'], ['nowhere/**']],
    [['!src/lua.c'], ['!src/lua.c']],
  ])('%j fails because of %j', (patterns, blamed) => {
    expect(selectSources(indexSources(tree), patterns)).toEqual({ ok: false, failure: blamed });
  });

  it('passes over an exclusion of what is not there', () => {
    expect(selectSources(indexSources(tree), ['main.c', '!gone.c']).ok).toBe(true);
  });

  it('finds below a directory what a look at every path would find', () => {
    const segment = fc.constantFrom('a', 'a-b', 'a.b', 'a0', 'b', '\u{1F600}', '\uFFFD');
    const file = fc
      .array(segment, { minLength: 1, maxLength: 3 })
      .map((parts) => trustedProjectPath(`${parts.join('/')}.c`));
    fc.assert(
      fc.property(fc.array(file, { maxLength: 30 }), segment, (files, directory) => {
        const found = selectSources(indexSources(files), [`${directory}/**`]);
        const expected = new Set(files.filter((path) => path.startsWith(`${directory}/`)));
        expect(new Set(found.ok ? found.value : [])).toEqual(expected);
      }),
    );
  });
});

describe('readPattern', () => {
  it.each(['', '!', '.', '..', '../a.c', 'a/../../b.c', '/a.c', '!/a.c', '/**', '../*', '**/../a.c'])(
    'refuses %j',
    (text) => {
      expect(readPattern(text).ok).toBe(false);
    },
  );
});

describe('staticPrefix', () => {
  it.each([
    ['*.c', ''],
    ['src/*.c', 'src/'],
    ['src/a/**/b/*.c', 'src/a/'],
    ['src/{a,b}/x.c', 'src/'],
    ['src/a\\*/x.c', 'src/'],
    ['src/a.c', 'src/'],
  ])('of %j is %j', (glob, prefix) => {
    expect(staticPrefix(glob)).toBe(prefix);
  });
});

describe('leavesProject', () => {
  it.each([
    ['..', true],
    ['../a', true],
    ['a/../../a', true],
    ['a/..', false],
    ['', false],
    ['.', false],
    ['..a', false],
    ['/..', false],
  ])('%j: %j', (path, leaves) => {
    expect(leavesProject(path)).toBe(leaves);
  });
});

describe('ignoreMatcher', () => {
  it.each([
    [['build/**'], 'build', true],
    [['build/**'], 'build/.deps/x.d', true],
    [['build/**'], 'builder', false],
    [['build'], 'build', true],
    [['build/'], 'build/a/b', true],
    [['build'], 'builder/a', false],
    [['**/*.tmp'], 'a/.x.tmp', true],
    [['*.tmp'], 'a/x.tmp', false],
    [['a', 'b'], 'b', true],
    [[], 'a', false],
  ])('%j of %j: %j', (patterns, path, ignored) => {
    expect(ignoreMatcher(patterns)(trustedProjectPath(path))).toBe(ignored);
  });

  it('takes a pattern that readConfig would have refused for a bug', () => {
    expect(() => ignoreMatcher(['../x'])).toThrow('../x');
  });
});

// A regular expression takes hours to find that one long name does not match five of them.
describe('patterns that would take long', () => {
  it.each(['*a*a*a*a', 'src/*a*b*c*d*', '{*a*,b}{*c*,d}*.c', '**/a/**/b/**/c/**', '?*?*?*?*b'])(
    '%s is refused',
    (glob) => {
      expect(readPattern(glob)).toMatchObject({ ok: false, failure: expect.stringContaining('use several') as string });
      expect(readPattern(`!${glob}`).ok).toBe(false);
    },
  );

  it.each(['**/*_test_*.c', 'src/**/x/**/*.{c,cc,cpp}', '{a*,b*,c*,d*,e*}.c', '*/*/*/*/*.c', '***.c', '@(a*|b*)*.c'])(
    '%s is fine',
    (glob) => {
      expect(readPattern(glob)).toMatchObject({ ok: true });
    },
  );

  it.each(['*a*a*b', '**/a/**/a/**/b', '{*a,*c}*b', '*(a|aa)b', '+(+(a))b', '[a]*[a]*b', '!(*a)*a*b'])(
    '%s is soon told from what it does not match',
    (glob) => {
      expect(readPattern(glob).ok).toBe(true);
      const isMatch = compileGlob(glob, { hidden: true });
      for (const path of ['a'.repeat(255), `${'a/'.repeat(2000)}c`]) expect(isMatch(path)).toBe(false);
    },
    // Square in the longest path there can be: some seconds on a busy machine. What has no bound takes years.
    60_000,
  );
});
