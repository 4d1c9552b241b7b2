import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../main.mjs';
import { repository } from '../prepare.mjs';
import { timedWithMemory } from './memory.mjs';
import { timed } from './stopwatch.mjs';

/** @typedef {import('../../../src/model/events.ts').Envelope} Envelope */
/** @typedef {import('../../../src/model/events.ts').CycleFinished} CycleFinished */
/** @typedef {import('../../../src/model/events.ts').Engine} Engine */

/**
 * A tree for makenix with a store of its own, so that nothing is there which another has built.
 *
 * @typedef {object} MakenixPlace
 * @property {string} tree
 * @property {string} store
 * @property {() => Buffer} program by way of the `result` link
 * @property {(verb: 'build' | 'watch') => readonly string[]} command arguments of node
 * @property {(options?: { withMemory: boolean }) => Promise<Built>} build `makenix build`, the whole process;
 *   `withMemory` costs a few milliseconds
 *
 * @typedef {{ ms: number, cycle: CycleFinished, peakMemory?: number }} Built
 */

/**
 * Writes the tree and builds nothing.
 *
 * @param {import('./project.mjs').Project} project
 * @param {string} directory of its own; a store that is in it already is used
 * @param {import('./context.mjs').Context} context
 * @param {{ engine?: Engine, dynamic?: boolean }} [mode]
 * @returns {MakenixPlace}
 */
export function makenixPlace(project, directory, { env, jobs, signal }, { engine = 'daemon', dynamic = false } = {}) {
  const tree = join(directory, 'tree');
  const store = storeOf(directory);
  project.write(tree);
  const options = [
    ...['--json', '-C', tree, '--toolchain', 'host', '--store', store, '--jobs', String(jobs)],
    ...(dynamic ? ['--dynamic'] : ['--engine', engine]),
  ];
  const command = (/** @type {string} */ verb) => [makenix, verb, project.target, ...options];
  return {
    tree,
    store,
    program: () => readFileSync(join(tree, 'result/bin', project.target)),
    command,
    build: async ({ withMemory } = { withMemory: false }) => {
      const run = withMemory ? timedWithMemory : timed;
      const sample = await run(process.execPath, command('build'), { env, signal });
      const events = eventsOf(sample.stdout);
      for (const event of events) rejectFallback(event);
      const cycle = events.find((event) => event.kind === 'cycle-finished');
      if (cycle === undefined) throw new SetupError('failed', 'makenix build said nothing of its cycle');
      return { ...sample, cycle };
    },
  };
}

export const makenix = join(repository, 'bin/makenix.js');

/** @param {string} directory of a place */
export const storeOf = (directory) => join(directory, 'store');

/**
 * A run of the daemon engine that was none would be measured under its name.
 *
 * @param {Envelope} event
 */
export function rejectFallback(event) {
  if (event.kind === 'engine-fallback')
    throw new SetupError('failed', `makenix took its other engine: ${event.because}`);
}

/**
 * @param {string} stdout of a run with `--json` that has ended
 * @returns {readonly Envelope[]}
 */
export const eventsOf = (stdout) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => /** @type {Envelope} */ (JSON.parse(line)));
