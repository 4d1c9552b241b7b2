import { spawnSync } from 'node:child_process';
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';

/** Whose lock it is, as far as that was written down. */
export interface LockHolder {
  readonly pid: number | null;
  /** Null where it is a process of this machine, or container. */
  readonly host: string | null;
}

export interface FileLock {
  /** Takes it again where the file was removed, which nobody else would find locked. */
  renew(): void;
  release(): void;
}

/**
 * Locks a file for as long as this process lives, or says who has it. Undefined where that cannot be done: on this system
 * or file system, or because there is no program `flock`.
 *
 * By flock(2): it is atomic, and the kernel lets go whatever ends the process, so that nothing is ever stale. It is on the
 * file itself, so that containers with name spaces of their own find it too. Node cannot ask for it; but a lock belongs to
 * the open file, which a child shares, and stays when the child has ended. Considered and rejected: a file that holds a
 * process's number, which two may take over at once and another container cannot judge; a socket in the file system, which
 * has the first of these troubles and a limit of 107 bytes; an abstract socket, of which another network name space does
 * not know.
 */
export function lockFile(path: string): FileLock | LockHolder | undefined {
  const first = take(path);
  if (typeof first !== 'number') return first;
  let held = first;
  return {
    renew() {
      if (isSame(held, path)) return;
      const next = take(path);
      if (typeof next !== 'number') return;
      closeSync(held);
      held = next;
    },
    release: () => closeSync(held),
  };
}

/** The locked file's descriptor, or who has it. */
function take(path: string): number | LockHolder | undefined {
  let file: number;
  try {
    // What a link leads to is not ours to write.
    file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
  } catch {
    return undefined;
  }
  const { status, stderr } = spawnSync('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', file],
    encoding: 'utf8',
  });
  if (status === 0) {
    try {
      ftruncateSync(file);
      writeSync(file, `${process.pid} ${hostname()}\n`, 0);
    } catch {
      // A full disk: it is held all the same.
    }
    return file;
  }
  closeSync(file);
  // Whatever else it fails for, it says.
  return status === 1 && stderr === '' ? readHolder(path) : undefined;
}

function readHolder(path: string): LockHolder {
  const nobody = { pid: null, host: null };
  try {
    const [pid, host = ''] = readFileSync(path, 'utf8').trim().split(' ');
    if (!/^[1-9]\d*$/.test(pid ?? '')) return nobody;
    if (host !== hostname()) return { pid: Number(pid), host };
    // Who has just taken it has not said so yet; the one before may have been killed.
    return isAlive(Number(pid)) ? { pid: Number(pid), host: null } : nobody;
  } catch {
    return nobody;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isSame(file: number, path: string): boolean {
  try {
    const [held, there] = [fstatSync(file), statSync(path)];
    return held.ino === there.ino && held.dev === there.dev;
  } catch {
    return false;
  }
}
