import type { StateFailure } from './failure.ts';

/** Why a file could not be written, from what the system said of it. */
export function stateFailure(path: string, error: unknown): StateFailure {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // `EROFS: read-only file system, open '/…'`: the path is our own temporary file's.
  const problem = /^[A-Z]+: ([^,]+), /.exec(message)?.[1] ?? message;
  return { kind: 'state-unwritable', path, problem, reason: reasons.get(code) ?? 'other' };
}

const reasons: ReadonlyMap<string, StateFailure['reason']> = new Map([
  ['ENOSPC', 'no-space'],
  ['EDQUOT', 'no-space'],
  ['EROFS', 'not-writable'],
  ['EACCES', 'not-writable'],
  ['EPERM', 'not-writable'],
  ['EEXIST', 'in-the-way'],
  ['EISDIR', 'in-the-way'],
  ['ENOTDIR', 'in-the-way'],
  ['ENOTEMPTY', 'in-the-way'],
]);
