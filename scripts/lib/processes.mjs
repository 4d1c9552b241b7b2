/** Processes, as Linux lists them; see proc(5). For scripts, and for tests by src/testing/processes.ts. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * @typedef {object} Process
 * @property {number} pid
 * @property {number} parent
 * @property {string} started with `pid`, tells it from a later one of the same number
 * @property {string} command
 */

/**
 * Every process below one, whatever group, session or name space it is in.
 *
 * @param {number} root
 * @returns {readonly Process[]}
 */
export function descendantsOf(root) {
  const all = everyProcess();
  const found = /** @type {Process[]} */ ([]);
  const parents = [root];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    for (const process of all) {
      if (process.parent !== parent) continue;
      found.push(process);
      parents.push(process.pid);
    }
  }
  return found;
}

/**
 * Those of them that still run.
 *
 * @param {readonly Process[]} processes
 */
export function stillRunning(processes) {
  const now = new Map(everyProcess().map(({ pid, started }) => [pid, started]));
  return processes.filter(({ pid, started }) => now.get(pid) === started);
}

/** @returns {readonly Process[]} without those that are dead and only not waited for */
function everyProcess() {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const end = stat.lastIndexOf(')');
      const [state, parent, ...rest] = stat.slice(end + 2).split(' ');
      if (state === 'Z') return [];
      const command = stat.slice(stat.indexOf('(') + 1, end);
      return [{ pid: Number(name), parent: Number(parent), started: rest[17] ?? '', command }];
    } catch {
      // It ended between the two looks.
      return [];
    }
  });
}

/**
 * @param {number} pid
 * @returns {readonly string[]} none where it is gone
 */
export function argumentsOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
