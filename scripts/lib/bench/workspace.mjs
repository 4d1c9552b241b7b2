/** Where a benchmark works: on a file system of memory if there is one, so that no disk is measured. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, run } from '../run.mjs';

/**
 * @typedef {object} Workspace
 * @property {string} directory
 * @property {string} fileSystem as `stat -f` calls it: `tmpfs`, `ext2/ext3`
 */

/** The stores, trees and objects of the largest project, and then some. Containers often have 64 MB there. */
const enough = 2 * 1024 ** 3;

/**
 * @param {AbortSignal} signal
 * @returns {Promise<Workspace>}
 */
export async function makeWorkspace(signal) {
  const parent = (await canHold('/dev/shm', signal)) ? '/dev/shm' : tmpdir();
  const directory = mkdtempSync(join(parent, 'makenix-bench-'));
  mkdirSync(join(directory, 'tmp'));
  const fileSystem = (await mustRun('stat', ['-f', '-c', '%T', directory], { signal })).trim();
  return { directory, fileSystem };
}

/**
 * Directories in a store are read-only, to their owner too.
 *
 * @param {string} directory
 */
export function removeAll(directory) {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
  rmSync(directory, { recursive: true, force: true });
}

/**
 * Whether there is room and programs may be run from there: a store holds some.
 *
 * @param {string} parent
 * @param {AbortSignal} signal
 */
async function canHold(parent, signal) {
  let probe;
  try {
    const { bavail, bsize } = statfsSync(parent);
    if (bavail * bsize < enough) return false;
    probe = mkdtempSync(join(parent, 'makenix-bench-probe-'));
    const program = join(probe, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    return (await run(program, [], { signal })).code === 0;
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    if (probe !== undefined) rmSync(probe, { recursive: true });
  }
}
