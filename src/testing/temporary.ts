import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new directory that is removed when the test has ended, read-only parts (a Nix store) included. */
export function temporaryDirectory(parent: string = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'makenix-e2e-'));
  onTestFinished(() => removeTree(directory));
  return directory;
}

/** Where stores go: memory, if programs may be run from there, since a journalled disk makes each build twice as long. */
export function storeParent(): string {
  const memory = '/dev/shm';
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize > 512 * 1024 * 1024 && mayExecuteIn(memory) ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** On a file system mounted `noexec`, no file is executable whatever its mode says. */
function mayExecuteIn(directory: string): boolean {
  const probe = mkdtempSync(join(directory, 'makenix-e2e-'));
  try {
    writeFileSync(join(probe, 'program'), '', { mode: 0o755 });
    accessSync(join(probe, 'program'), constants.X_OK);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true });
  }
}

/** `rm -rf` that also removes what lies in directories without write permission, as all of a store's do. */
function removeTree(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) makeWritable(path);
  rmSync(path, { recursive: true, force: true });
}

function makeWritable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(join(directory, entry.name));
  }
}
