import { repository } from '../prepare.mjs';
import { run } from '../run.mjs';
import { describeMachine } from './machine.mjs';

/**
 * What a figure came from. Results keep the one they were measured in, so that a table may be put together from several.
 *
 * @typedef {import('./machine.mjs').Machine & { command: string, commit: string }} Run
 */

/**
 * @param {import('./context.mjs').Context} context
 * @param {import('./options.mjs').Options} options
 * @returns {Promise<Run>}
 */
export const describeRun = async (context, options) => ({
  ...(await describeMachine(context)),
  command: commandOf(options),
  commit: await commitOf(context.signal),
});

/**
 * What measures the same again; where it is written to is nobody's business.
 *
 * @param {import('./options.mjs').Options} options
 */
const commandOf = ({ rounds, only, full }) =>
  ['npm run bench --', ...(full ? ['--full'] : []), `--rounds ${rounds}`, ...only.map((name) => `--only ${name}`)].join(
    ' ',
  );

/**
 * @param {AbortSignal} signal
 * @returns {Promise<string>} of the repository; with a `+` where files differ from it, and empty where there is none
 */
async function commitOf(signal) {
  const git = (/** @type {string[]} */ ...args) => run('git', args, { cwd: repository, signal });
  const head = await git('rev-parse', '--short', 'HEAD');
  if (head.code !== 0) return '';
  // What --write writes makes no other makenix.
  const status = await git('status', '--porcelain', '--', '.', ':!docs');
  return `${head.stdout.trim()}${status.stdout === '' ? '' : '+'}`;
}
