import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapCompilePaths, pathsOf } from './compile-paths.ts';
import { parseCompilerCommand } from './compiler-command.ts';
import { driverItems, wordsOf } from './driver-options.ts';
import { printLinkWords } from './link-words.ts';

const compileWords = [
  ...[
    '-O2',
    '-g',
    '-I',
    '-Iinc',
    '-I inc',
    '-isystem s',
    '-iquoteq',
    '-D X',
    '-DX=1',
    '-U Y',
    '-include a.h',
    '-imacros m',
  ],
  ...[
    '-std=c99',
    '-pthread',
    '-fPIC',
    '-Wall',
    '-w',
    '-Wp,-DX,-DY',
    '-Xpreprocessor -DX',
    '-Wa,-x',
    '--param max-inline-insns-auto=9',
    '-nostdinc',
  ],
  ...[
    '-MD',
    '-MP',
    '-MF a.d',
    '-MTx',
    '-Wp,-MD,x.d',
    '-Wp,-MMD,x.d,-DZ',
    '-pipe',
    '-save-temps',
    '-v',
    '--sysroot=/s',
    '-B b/',
  ],
  ...[
    '-ffile-prefix-map=/a=/b',
    '-fprofile-use=p',
    '-dM',
    '-undef',
    '-idirafterx',
    '-A q=1',
    '--include i.h',
    '-include',
  ],
];
const linkWords = [
  ...[
    'a.o',
    'b.a',
    'c.so',
    'x.c',
    'y.cc',
    '-lm',
    '-l z',
    '-l:q.a',
    '-L.',
    '-L d',
    '-shared',
    '-static',
    '-r',
    '-pie',
    '-no-pie',
  ],
  ...[
    '-Wl,--as-needed',
    '-Wl,--whole-archive,b.a,--no-whole-archive',
    '-Wl,-soname,s',
    '-Wl,-soname -Wl,s',
    '-Wl,-rpath,/a',
  ],
  ...[
    '-Wl,-rpath -Wl,/a',
    '-Wl,-T,t.ld',
    '-T t.ld',
    '-Tt.ld',
    '-Tdata 1',
    '-u sym',
    '-usym',
    '-z now',
    '-znow',
    '-e main',
  ],
  ...[
    '-Xlinker --start-group',
    '-Xlinker -Map -Xlinker m',
    '-Wl,-Map=m',
    '-Wl,-z,now',
    '-Wl,',
    '-Wl,a,,b',
    '-rdynamic',
    '-s',
  ],
  ...[
    '-nostdlib',
    '-nodefaultlibs',
    '-static-libgcc',
    '-Wl,-L,d',
    '-Wl,-lz',
    '-Wl,-u,s',
    '-Wl,-h,s',
    '-Wl,--defsym=a=1',
  ],
  ...[
    '-fuse-ld=gold',
    '-flto',
    '-pg',
    '-m64',
    '--coverage',
    '-fsanitize=address',
    '-fopenmp',
    '-x c',
    '-x none',
    '-N',
    '-t',
  ],
];

const wordsFrom = (vocabulary: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc.array(fc.constantFrom(...vocabulary), { maxLength: 9 }).map((words) => words.flatMap((word) => word.split(' ')));

/** A vocabulary cannot know what nobody thought of. */
const anyWord = fc.oneof(
  fc
    .constantFrom(...compileWords, ...linkWords)
    .chain((word) => fc.string({ maxLength: 3 }).map((more) => word + more)),
  fc.string().map((text) => `-${text}`),
  fc.string(),
);
const anyWords = fc.array(anyWord.filter((word) => word !== '--'));

describe('words of a driver', () => {
  it('are all in its items', () => {
    fc.assert(
      fc.property(anyWords, (words) => {
        expect(driverItems(words).flatMap(wordsOf)).toEqual(words);
      }),
    );
  });

  it('stay when no path is rewritten', () => {
    fc.assert(
      fc.property(anyWords, (words) => {
        expect(mapCompilePaths(words, (path) => path)).toEqual(words);
      }),
    );
  });

  it('hold the paths that were put there', () => {
    const rewrite = (path: string) => `r${path.length}`;
    fc.assert(
      fc.property(anyWords, (words) => {
        const mapped = pathsOf(mapCompilePaths(words, rewrite));
        expect(mapped).toEqual(pathsOf(words).map(({ path, role }) => ({ path: rewrite(path), role })));
      }),
    );
  });
});

describe('compile flags', () => {
  it('are their own compile flags', () => {
    fc.assert(
      fc.property(wordsFrom([...compileWords, ...linkWords]), (words) => {
        const { compileFlags } = parseCompilerCommand(['cc', '-c', ...words]);
        const again = parseCompilerCommand(['cc', ...compileFlags]);
        expect(again.compileFlags).toEqual(compileFlags);
        expect(again.inputs).toEqual([]);
        expect(again.dependencyFile).toBeUndefined();
      }),
    );
  });
});

describe('link words', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'makenix-link-'));
    for (const name of ['a.o', 'b.a', 'c.so', 'x.c', 'y.cc']) writeFileSync(join(directory, name), '');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** What gcc would have its linker do, but for the names of temporary files. */
  function linkerCall(words: readonly string[]): string {
    const env = { ...process.env, LC_ALL: 'C' };
    const said = spawnSync('gcc', ['-###', ...words], { cwd: directory, encoding: 'utf8', env }).stderr;
    const call = said.split('\n').find((line) => /^ \S*\/collect2 /.test(line)) ?? '';
    return call.replace(/\/tmp\/cc\w+\.(?:ltrans0\.ltrans\.)?o/g, 'OBJECT').replace(/-fresolution=\S+/, '');
  }

  it('mean to gcc what the command line meant', { timeout: 300_000 }, () => {
    const words = fc
      .tuple(
        wordsFrom([...linkWords, ...compileWords.filter((word) => !['-include', '-I', '-save-temps'].includes(word))]),
        wordsFrom(linkWords),
      )
      .map(([some, others]) => [...some, ...others, '-x', 'none', 'a.o', '-o', 'out']);
    fc.assert(
      fc.property(words, (args) => {
        const { action, linkWords: parsed, output } = parseCompilerCommand(['gcc', ...args]);
        const meant = linkerCall(args);
        // Some options exclude each other.
        fc.pre(meant !== '');
        expect(action).toBe('link');
        const printed = printLinkWords(parsed, () => '/tmp/ccObject.o');
        expect(output).toBe('out');
        expect(linkerCall([...printed, '-o', 'out'])).toBe(meant);
      }),
      { numRuns: 150 },
    );
  });
});
