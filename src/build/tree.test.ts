import { describe, expect, it } from 'vitest';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, paths } from '../testing/fakes/memory-files.ts';
import { ignoring } from '../plan/ignore.ts';
import { refreshListing, type Hints } from './tree.ts';

const generated = trustedProjectPath('derivation.nix');
const nothing = (): boolean => false;

describe('what is ignored', () => {
  const ignored = ignoring([generated], (path) => path === 'third_party' || path.startsWith('third_party/'));

  it.each([
    'derivation.nix',
    'result',
    'result-1',
    'result-12',
    '.git',
    '.git/HEAD',
    '.git/refs/heads/main',
    'vendor/.git/index',
    '.makenix/state.json',
    'node_modules/x/y.c',
    'sub/node_modules',
    '.direnv/bin',
    'src/main.c~',
    'src/.main.c.swp',
    'src/.main.c.swo',
    'src/4913',
    'src/#main.c#',
    'src/.#main.c',
    'src/main.c___jb_tmp___',
    'src/main.c___jb_old___',
    'src/.123.0.makenix-tmp',
    'third_party',
    'third_party/zlib/zlib.c',
  ])('%s is', (path) => {
    expect(ignored(trustedProjectPath(path))).toBe(true);
  });

  it.each([
    'result-parser',
    'result-parser/main.c',
    'result.c',
    'results',
    'src/result',
    'src/derivation.nix',
    'src/.git.c',
    '.gitignore',
    'git/main.c',
    'src/x4913',
    'src/49131',
    'src/a.swift',
    'src/#if.c',
    'makenix.json',
    'src/third_party/a.c',
  ])('%s is not', (path) => {
    expect(ignored(trustedProjectPath(path))).toBe(false);
  });
});

describe('the listing', () => {
  const setUp = (initial: Readonly<Record<string, string>>) => {
    const files = createMemoryFiles(createManualClock(), initial);
    const before = new Set(files.list(nothing));
    const refresh = (hints: Hints) => refreshListing(files, ignoring([generated], nothing), before, hints);
    return { files, before, refresh };
  };
  const only = (...texts: readonly string[]): ReadonlySet<ProjectPath> => new Set(paths(...texts));

  it('is the very same where nothing came or went', () => {
    const { files, before, refresh } = setUp({ 'src/a.c': '' });
    files.put('src/a.c', 'int a;');
    for (const hints of [only('src/a.c'), only(), 'everything'] as const) {
      const { listing, appearances, directories } = refresh(hints);
      expect(listing).toBe(before);
      expect(appearances).toEqual([]);
      expect(directories).toBe(false);
    }
  });

  it('follows a hint about a file without listing the tree', () => {
    const { files, refresh } = setUp({ 'src/a.c': '', 'src/b.c': '' });
    files.put('src/c.c', '');
    files.put('src/d.c', '');
    files.remove(trustedProjectPath('src/a.c'));
    expect(refresh(only('src/c.c', 'src/a.c'))).toMatchObject({
      appearances: [
        { path: 'src/a.c', change: 'removed' },
        { path: 'src/c.c', change: 'added' },
      ],
      directories: false,
    });
  });

  it('is made anew for a hint about a directory, new or gone', () => {
    const { files, refresh } = setUp({ 'src/a.c': '', 'old/b.c': '' });
    files.put('new/deep/c.c', '');
    files.remove(trustedProjectPath('old/b.c'));
    for (const hint of ['new', 'old', 'new/deep']) {
      expect(refresh(only(hint)), hint).toMatchObject({
        appearances: [
          { path: 'new/deep/c.c', change: 'added' },
          { path: 'old/b.c', change: 'removed' },
        ],
        directories: true,
      });
    }
  });

  it('is made anew where a directory has taken the place of a file', () => {
    const { files, refresh } = setUp({ a: '', 'b.c': '' });
    files.remove(trustedProjectPath('a'));
    files.put('a/c.c', '');
    expect(refresh(only('a')).appearances).toEqual([
      { path: 'a', change: 'removed' },
      { path: 'a/c.c', change: 'added' },
    ]);
  });

  it('says whether a directory came or went with the files', () => {
    const { files, refresh } = setUp({ 'src/a.c': '', 'src/sub/b.c': '' });
    files.put('src/sub/c.c', '');
    expect(refresh(only('src/sub/c.c')).directories).toBe(false);
    files.put('src/other/c.c', '');
    expect(refresh(only('src/other/c.c')).directories).toBe(true);
    files.remove(trustedProjectPath('src/other/c.c'));
    files.remove(trustedProjectPath('src/sub/b.c'));
    expect(refresh(only('src/sub/b.c')).directories).toBe(true);
    expect(refresh(only('src/sub/b.c', 'src/sub/c.c')).directories).toBe(false);
  });

  it('takes no notice of what is ignored', () => {
    const { files, refresh } = setUp({ 'src/a.c': '' });
    files.put('.git/HEAD', '');
    files.put('src/a.c~', '');
    for (const hints of [only('.git/HEAD', '.git', 'src/a.c~'), 'everything'] as const) {
      expect(refresh(hints).appearances).toEqual([]);
    }
  });
});
