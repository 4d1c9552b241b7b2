import { join } from 'node:path';
import { StateFiles, watchLockFile } from '../build/state-files.ts';
import { TextFiles } from '../build/text-files.ts';
import { lockFile } from '../host/node-lock.ts';
import type { ProjectFiles } from '../host/ports.ts';
import type { WatchFailure } from '../model/failure.ts';
import { fail, ok, type Result } from '../model/result.ts';

export interface WatchLock {
  /** For now and then: the state directory may be removed at any time, and the lock with it. */
  renew(): void;
  release(): void;
}

/**
 * One `makenix watch` a project. Nothing hangs on it: what two write is whole, and each checks what it finds. It spares
 * two from building the same, and people from wondering who told them what; so where a file cannot be locked, none is.
 */
export function lockForWatch(files: ProjectFiles): Result<WatchLock, WatchFailure> {
  const state = new StateFiles(new TextFiles(files));
  const path = join(files.root, watchLockFile);
  const lock = state.open().ok ? lockFile(path) : undefined;
  if (lock === undefined) return ok({ renew: () => undefined, release: () => undefined });
  if ('pid' in lock) return fail({ kind: 'already-watched', ...lock });
  return ok({
    renew: () => {
      if (state.open().ok) lock.renew();
    },
    release: () => lock.release(),
  });
}
