/** How long an edit of one file takes, by the project's own build and by makenix, by turns. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from '../bench/measure.mjs';
import { median } from '../bench/statistics.mjs';
import { now } from '../bench/stopwatch.mjs';
import { startSession } from '../bench/watch-session.mjs';
import { SetupError } from '../main.mjs';
import { withProbe } from './probe.mjs';

/**
 * @typedef {object} Editor
 * @property {string} tree
 * @property {(save: () => void) => Promise<number>} afterSave milliseconds from the save until all is built
 */

/**
 * @param {readonly Editor[]} editors
 * @param {{ file: string, rounds: number, signal: AbortSignal }} options
 * @returns {Promise<readonly number[]>} medians
 */
export async function editTimes(editors, { file, rounds, signal }) {
  const contenders = editors.map(({ tree, afterSave }, position) => {
    const path = join(tree, file);
    // As bytes: not every source is UTF-8.
    const original = readFileSync(path, 'latin1');
    const write = (/** @type {string} */ text) => writeFileSync(path, text, 'latin1');
    return {
      name: String(position),
      restore: () => write(original),
      round: async (/** @type {number} */ round) => ({
        ms: await afterSave(() => write(withProbe(original, file, round + 100))),
      }),
    };
  });
  try {
    const measured = await measure(contenders, { warmups: 1, rounds, signal });
    return measured.map(({ samples }) => median(samples.map(({ ms }) => ms)));
  } finally {
    for (const { restore } of contenders) restore();
  }
}

/**
 * @param {string} tree
 * @param {() => Promise<unknown>} build
 * @returns {Editor}
 */
export const ownEditor = (tree, build) => ({
  tree,
  afterSave: async (save) => {
    const start = now();
    save();
    await build();
    return now() - start;
  },
});

/** A single step can be an optimization of the whole program as it is linked, and the machine busy with other things. */
const patience = 600_000;

/**
 * `makenix watch`, ready and with nothing to do.
 *
 * @param {{ tree: string, watch: readonly string[] }} place that has been built
 * @param {{ env: NodeJS.ProcessEnv, signal: AbortSignal, log: string }} options
 * @returns {Promise<Editor & { stop: () => Promise<void> }>}
 */
export async function watchEditor({ tree, watch }, { env, signal, log }) {
  const session = startSession({ command: watch, env, signal, log, patience });
  const isOver = (/** @type {import('../bench/watch-session.mjs').Envelope} */ event) =>
    event.kind === 'cycle-finished' && event.outcome !== 'cancelled' ? event : undefined;
  try {
    const seen = /** @type {Set<string>} */ (new Set());
    await session.next('its first cycle', (event) => {
      seen.add(isOver(event)?.kind ?? event.kind);
      return (seen.has('daemon-ready') && seen.has('cycle-finished')) || undefined;
    });
    await session.idle();
  } catch (error) {
    await session.stop();
    throw error;
  }
  return {
    tree,
    afterSave: async (save) => {
      session.drop();
      const start = now();
      save();
      const ms = await session.next('the cycle after an edit', (event, at) => {
        const cycle = isOver(event);
        if (cycle?.outcome === 'failed') throw new SetupError('failed', 'a cycle of makenix watch failed');
        return cycle?.outcome === 'built' ? at - start : undefined;
      });
      await session.idle();
      return ms;
    },
    stop: () => session.stop(),
  };
}
