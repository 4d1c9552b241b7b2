import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { holdsGitLock } from './node-git-lock.ts';

let root: string;
let project: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'makenix-git-lock-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  project = join(root, 'project');
  mkdirSync(join(project, 'src'), { recursive: true });
});

const lock = (directory: string): number => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'index.lock'), '');
  return statSync(join(directory, 'index.lock')).mtimeMs;
};

describe('the lock of a work tree', () => {
  it('is held while git writes it, in the directories below too', () => {
    mkdirSync(join(project, '.git'));
    expect(holdsGitLock(project, 0)).toBe(false);
    const now = lock(join(project, '.git'));
    expect(holdsGitLock(project, now)).toBe(true);
    expect(holdsGitLock(join(project, 'src'), now)).toBe(true);
    expect(holdsGitLock(root, now)).toBe(false);
  });

  it.each([
    ['a path', (path: string) => path],
    ['a relative path', () => '../main/.git/worktrees/project'],
  ])('is elsewhere where .git is a file that says so by %s', (_, said) => {
    const directory = join(root, 'main/.git/worktrees/project');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(project, '.git'), `gitdir: ${said(directory)}\n`);
    expect(holdsGitLock(project, 0)).toBe(false);
    expect(holdsGitLock(project, lock(directory))).toBe(true);
  });

  it('does not count where it was abandoned', () => {
    const now = lock(join(project, '.git'));
    expect(holdsGitLock(project, now + 59_000)).toBe(true);
    expect(holdsGitLock(project, now + 60_000)).toBe(false);
  });

  it('is none where .git is something else', () => {
    writeFileSync(join(project, '.git'), 'nothing\n');
    expect(holdsGitLock(project, 0)).toBe(false);
  });
});
