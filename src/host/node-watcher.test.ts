import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isRoundAgain, nodeWatcher } from './node-watcher.ts';

function directory(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'makenix-watcher-')));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  return root;
}

it('knows a directory that it has come by', () => {
  const root = directory();
  mkdirSync(join(root, 'a/b/a'), { recursive: true });
  symlinkSync('..', join(root, 'a/b/up'));
  writeFileSync(join(root, 'a/b/b'), '');
  expect(['a/b/a', 'a/b/b', 'a/b/up', 'a/b/up/b'].filter((path) => isRoundAgain(root, path))).toEqual(['a/b/up/b']);
  symlinkSync('..', join(root, 'a/b/a/up'));
  expect(isRoundAgain(root, 'a/b/a/up/a')).toBe(true);
  symlinkSync('.', join(root, 'self'));
  expect(['self', 'self/a', 'self/self'].filter((path) => isRoundAgain(root, path))).toEqual(['self/self']);
});

it('watches a directory with two links to itself, of which each leads to both without end', async () => {
  const root = directory();
  mkdirSync(join(root, 'src'));
  symlinkSync('../src', join(root, 'src/one'));
  symlinkSync('../src', join(root, 'src/two'));
  const heard = new Set<string>();
  let hear: () => void = () => undefined;
  const watching = await nodeWatcher.watch(root, () => false, {
    onHint(path) {
      heard.add(path);
      if (path === 'src/new.c') hear();
    },
    onDoubt: () => undefined,
    onDegraded: (reason, detail) => expect.unreachable(`${reason}: ${detail}`),
  });
  const told = new Promise<void>((resolve) => (hear = resolve));
  writeFileSync(join(root, 'src/new.c'), '');
  await told;
  await watching.close();
  expect([...heard].filter((path) => path.split('/').length > 4)).toEqual([]);
});
