import { join } from 'node:path';
import { watchNames } from './contenders.mjs';
import { untilReady } from './watch-builder.mjs';
import { startSession } from './watch-session.mjs';

/** @typedef {import('./makenix-place.mjs').Engine} Engine */

/**
 * `makenix watch` on a built tree, from the start of the process until it watches and knows that nothing is to do.
 *
 * @param {object} options
 * @param {readonly Engine[]} options.by
 * @param {Pick<import('./scenario.mjs').Scenario, 'isLong' | 'leftOut'>} [options.rest]
 * @returns {import('./scenario.mjs').Scenario}
 */
export const coldStart = ({ by, rest = {} }) => ({
  ...rest,
  name: 'cold-start',
  title: 'start of watch on a built tree',
  run: async (site, measured) => {
    const contenders = [];
    for (const engine of by) {
      const place = await site.makenix[engine]();
      // A scenario before may have left it otherwise.
      await place.build();
      contenders.push({ name: watchNames[engine], round: () => startOnce(place, site.context) });
    }
    return measured(contenders);
  },
});

/**
 * @param {import('./makenix-place.mjs').MakenixPlace} place
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<import('./measure.mjs').Sample>}
 */
async function startOnce({ tree, command }, { env, signal }) {
  const session = startSession({ command: command('watch'), env, signal, log: join(tree, '../watch.log') });
  try {
    const { ready, upToDate } = await untilReady(session);
    const { startedAt } = session;
    const parts = { ready: ready - startedAt, 'up to date': upToDate - startedAt };
    await session.idle();
    return { ms: Math.max(ready, upToDate) - startedAt, parts, peakMemory: session.peakMemory() };
  } finally {
    await session.stop();
  }
}
