import { existsSync, realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { makenix } from '../bench/makenix-place.mjs';
import { now } from '../bench/stopwatch.mjs';
import { SetupError } from '../main.mjs';
import { run } from '../run.mjs';

/** @typedef {import('../../../src/model/events.ts').CycleFinished} CycleFinished */
/** @typedef {import('../../../src/model/events.ts').VerificationFinished} VerificationFinished */

/**
 * As much of `import-finished` as is read here.
 *
 * @typedef {object} Imported
 * @property {number} units
 * @property {readonly string[]} targets
 * @property {readonly unknown[]} notUnderstood
 */

/** @param {AbortSignal} signal */
export async function hasImport(signal) {
  return (await run(process.execPath, [makenix, 'import', '--help'], { signal })).stdout.includes('makenix import');
}

/**
 * A configured tree for makenix, with a store of its own: nothing is there that another has built.
 *
 * @param {{ tree: string, store: string, env: NodeJS.ProcessEnv, signal: AbortSignal }} options
 */
export function makenixPlace({ tree, store, env, signal }) {
  const options = ['--json', '--toolchain', 'host', '--store', store, '--jobs', String(availableParallelism())];
  const command = (/** @type {string} */ verb) => [makenix, verb, ...options, '-C', tree];
  return {
    tree,
    store,
    watch: command('watch'),
    /**
     * @param {readonly string[]} build the project's own
     * @returns {Promise<Imported>}
     */
    async import(build) {
      const { code, stdout, output } = await run(process.execPath, [makenix, 'import', '--json', '--', ...build], {
        cwd: tree,
        env,
        signal,
      });
      const finished = /** @type {Imported | undefined} */ (lastEvent(stdout, 'import-finished'));
      if (code !== 0 || finished === undefined) throw failed('import', output);
      return finished;
    },
    /** @returns {Promise<{ ms: number, cycle: CycleFinished }>} of the whole process */
    async build() {
      const start = now();
      const { code, stdout, output } = await run(process.execPath, command('build'), { env, signal });
      const ms = now() - start;
      const cycle = /** @type {CycleFinished | undefined} */ (lastEvent(stdout, 'cycle-finished'));
      if (code !== 0 || cycle === undefined) throw failed('build', output);
      return { ms, cycle };
    },
    /** @returns {Promise<VerificationFinished>} of every object, all of which a compile in the tree makes, too */
    async verify() {
      const { code, stdout, output } = await run(process.execPath, command('verify'), { env, signal });
      const finished = /** @type {VerificationFinished | undefined} */ (lastEvent(stdout, 'verification-finished'));
      if (code !== 0 || finished === undefined) throw failed('verify', output);
      return finished;
    },
    /** @returns {Promise<string>} what is said of derivations, where those made by makenix are those that Nix gives */
    async checkDerivations() {
      const { code, stdout, output } = await run(process.execPath, command('doctor'), { env, signal });
      const said = derivationsOf(stdout);
      if (code !== 0 || said === undefined) throw failed('doctor', output);
      return said;
    },
  };
}

/**
 * Where a product of the last build lies, by the path that the project's own build has it at.
 *
 * @param {{ tree: string, store: string }} place
 * @param {CycleFinished} cycle
 * @returns {(path: string) => string}
 */
export const productOf =
  ({ tree, store }, cycle) =>
  (path) => {
    const named = cycle.outputs.filter(({ file }) => basename(file) === basename(path));
    const output = named.find(({ target }) => target === path) ?? named[0];
    if (output === undefined) throw new SetupError('failed', `makenix has not built ${path}`);
    // Of many, not all are linked to.
    const result = output.link === null ? join(store, output.outPath) : join(tree, output.link);
    const file = join(result, output.file);
    if (!existsSync(file)) throw new SetupError('failed', `${file} is not there, though makenix says so`);
    return realpathSync(file);
  };

/**
 * All of a plan, and none of them left out: undefined otherwise.
 *
 * @param {string} stdout of `makenix doctor`
 * @returns {string | undefined}
 */
export const derivationsOf = (stdout) =>
  /^derivations {4}(the \d+ made here are those that Nix \S+ gives)$/m.exec(stdout)?.[1];

/**
 * @param {string} stdout lines, of events and of others
 * @param {string} kind
 * @returns {unknown}
 */
function lastEvent(stdout, kind) {
  const events = stdout.split('\n').filter((line) => line.startsWith('{"v":'));
  return events
    .map((line) => /** @type {{ kind: string }} */ (JSON.parse(line)))
    .findLast((event) => event.kind === kind);
}

/**
 * @param {string} verb
 * @param {string} output
 */
const failed = (verb, output) =>
  new SetupError('failed', `makenix ${verb} failed:\n${output.trimEnd().split('\n').slice(-40).join('\n')}`);
