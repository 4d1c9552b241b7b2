import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { descendantsOf } from '../processes.mjs';

/**
 * What makenix has at a moment at which it does nothing.
 *
 * @typedef {object} Figures
 * @property {number} files of the project
 * @property {number} resident bytes of memory: the median of the last cycles
 * @property {number | undefined} heap bytes in use after garbage was collected, where that was asked for
 * @property {number} daemons bytes of resident memory of its children, which are Nix daemons
 * @property {number} children
 * @property {number} descriptors
 * @property {number} watches of inotify
 * @property {number} roots of the garbage collector
 * @property {number} temporaryRoots bytes that its daemons have written of what they hold
 * @property {number} state bytes of .makenix/state.json
 * @property {number} engine bytes of .makenix/engine.json
 * @property {number} left files in .makenix and in the directory for temporary files
 */

/**
 * @param {{ pid: number, tree: string, store: string, temporary: string }} site
 * @returns {Omit<Figures, 'files' | 'resident' | 'heap'>}
 */
export function takeSample({ pid, tree, store, temporary }) {
  const children = descendantsOf(pid);
  const state = join(tree, '.makenix');
  const nix = join(store, 'nix/var/nix');
  return {
    daemons: sum(children.map((child) => residentMemory(child.pid))),
    children: children.length,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    watches: sum(namesIn(`/proc/${pid}/fdinfo`).map((name) => watchesOf(`/proc/${pid}/fdinfo/${name}`))),
    roots: filesBelow(join(nix, 'gcroots/makenix')).length + filesBelow(join(state, 'gcroots')).length,
    temporaryRoots: sum(filesBelow(join(nix, 'temproots')).map((file) => sizeOf(file))),
    state: sizeOf(join(state, 'state.json')),
    engine: sizeOf(join(state, 'engine.json')),
    left: filesBelow(state).length + filesBelow(temporary).length,
  };
}

/**
 * Bytes; 0 of a process that is gone.
 *
 * @param {number} pid
 */
export function residentMemory(pid) {
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

const watchesOf = (/** @type {string} */ file) =>
  textOf(file)
    .split('\n')
    .filter((line) => line.startsWith('inotify ')).length;

const sum = (/** @type {readonly number[]} */ values) => values.reduce((total, value) => total + value, 0);

/** @param {string} file */
function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // What is in /proc may be gone by now.
    return '';
  }
}

/** @param {string} directory */
function namesIn(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/**
 * Links are files, wherever they lead.
 *
 * @param {string} directory
 */
function filesBelow(directory) {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

const sizeOf = (/** @type {string} */ file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
