import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** An abandoned one is nothing to go by. */
const freshMs = 60_000;

/**
 * Whether git is writing the work tree that a directory is in: `checkout`, `merge`, `reset` and their like hold the lock of
 * its index from before the first file to after the last.
 */
export function holdsGitLock(directory: string, nowMs: number): boolean {
  const repository = repositoryOf(directory);
  if (repository === undefined) return false;
  const lock = lookAt(join(repository, 'index.lock'));
  return lock !== undefined && nowMs - lock.mtimeMs < freshMs;
}

/** Its administrative directory: `.git`, or what a file of that name says, in work trees and submodules. */
function repositoryOf(directory: string): string | undefined {
  const git = join(directory, '.git');
  const stats = lookAt(git);
  if (stats?.isDirectory() === true) return git;
  if (stats?.isFile() === true) {
    const [, path] = /^gitdir: (.*)\n?$/.exec(readFileSync(git, 'utf8')) ?? [];
    return path === undefined ? undefined : resolve(directory, path);
  }
  const above = dirname(directory);
  return above === directory ? undefined : repositoryOf(above);
}

function lookAt(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
