import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../main.mjs';
import { repository } from '../prepare.mjs';
import { timed } from './stopwatch.mjs';

/** @typedef {import('../../../src/model/events.ts').Envelope} Envelope */
/** @typedef {import('../../../src/model/events.ts').CycleFinished} CycleFinished */

/**
 * A tree for makenix with a store of its own, so that nothing is there which another has built.
 *
 * @typedef {object} MakenixPlace
 * @property {string} tree
 * @property {string} store
 * @property {() => Buffer} program by way of the `result` link
 * @property {(verb: 'build' | 'watch') => readonly string[]} command arguments of node
 * @property {() => Promise<{ ms: number, cycle: CycleFinished }>} build `makenix build`, the whole process
 */

/**
 * Writes the tree and builds nothing.
 *
 * @param {import('./project.mjs').Project} project
 * @param {string} directory of its own
 * @param {import('./context.mjs').Context} context
 * @param {readonly ('--dynamic')[]} [mode]
 * @returns {MakenixPlace}
 */
export function makenixPlace(project, directory, { env, jobs, signal }, mode = []) {
  const tree = join(directory, 'tree');
  const store = join(directory, 'store');
  project.write(tree);
  const options = [...mode, '--json', '-C', tree, '--toolchain', 'host', '--store', store, '--jobs', String(jobs)];
  const command = (/** @type {string} */ verb) => [makenix, verb, project.target, ...options];
  return {
    tree,
    store,
    program: () => readFileSync(join(tree, 'result/bin', project.target)),
    command,
    build: async () => {
      const { ms, stdout } = await timed(process.execPath, command('build'), { env, signal });
      const cycle = eventsOf(stdout).find((event) => event.kind === 'cycle-finished');
      if (cycle === undefined) throw new SetupError('failed', 'makenix build said nothing of its cycle');
      return { ms, cycle };
    },
  };
}

export const makenix = join(repository, 'bin/makenix.js');

/**
 * @param {string} stdout of a run with `--json` that has ended
 * @returns {readonly Envelope[]}
 */
export const eventsOf = (stdout) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => /** @type {Envelope} */ (JSON.parse(line)));
