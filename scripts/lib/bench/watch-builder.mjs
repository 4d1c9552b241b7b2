import { join } from 'node:path';
import { SetupError } from '../main.mjs';
import { rejectFallback } from './makenix-place.mjs';
import { now } from './stopwatch.mjs';
import { startSession } from './watch-session.mjs';

/**
 * `makenix watch` on a tree, ready and with nothing to do.
 *
 * @param {string} name
 * @param {import('./makenix-place.mjs').MakenixPlace} place
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<import('./builder.mjs').Builder & { close: () => Promise<void> }>}
 */
export async function watchBuilder(name, { tree, program, command }, { env, signal }) {
  const session = startSession({ command: command('watch'), env, signal, log: join(tree, '../watch.log') });
  const close = () => session.stop();
  try {
    await untilReady(session);
    await session.idle();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name,
    tree,
    program,
    afterSave: async ({ save, isRight }) => {
      session.drop();
      const start = now();
      await save();
      const sample = await untilBuilt(session, start, isRight);
      await session.idle();
      return { ...sample, peakMemory: session.peakMemory() };
    },
    close,
  };
}

/** @typedef {ReturnType<typeof startSession>} Session */

/**
 * @param {Session} session just started, on a tree that has been built
 * @returns {Promise<{ ready: number, upToDate: number }>} when it watched everything, and when it knew that nothing is to
 *   do; on the clock of `startedAt`
 */
export async function untilReady(session) {
  let ready = NaN;
  let upToDate = NaN;
  return session.next('its first cycle', (event, at) => {
    rejectFallback(event);
    if (event.kind === 'daemon-ready') ready = at;
    if (event.kind === 'cycle-finished') {
      if (event.outcome !== 'up-to-date') throw new SetupError('failed', 'makenix watch found something to do');
      upToDate = at;
    }
    return ready > 0 && upToDate > 0 ? { ready, upToDate } : undefined;
  });
}

/**
 * @param {Session} session
 * @param {number} start when the file was saved
 * @param {() => boolean} isRight
 * @returns {Promise<import('./measure.mjs').Sample>}
 */
async function untilBuilt(session, start, isRight) {
  const parts = /** @type {Record<string, number | undefined>} */ ({});
  let steps = 0;
  return session.next('the cycle after an edit', (event, at) => {
    rejectFallback(event);
    if (event.kind === 'change-observed') parts.seen ??= at - start;
    if (event.kind === 'derivation-started') {
      parts['first step started'] ??= at - start;
      steps++;
    }
    // What is cut off did not run, and is told of when all is over.
    if (event.kind === 'derivation-finished' && event.outcome !== 'cut-off') parts['last step ended'] = at - start;
    if (event.kind !== 'cycle-finished') return undefined;
    if (event.outcome === 'failed') throw new SetupError('failed', 'a cycle of makenix watch failed');
    // A cycle that was superseded, or that began on half of what was saved, is not what is waited for.
    if (event.outcome !== 'built' || !isRight()) return undefined;
    return { ms: at - start, steps, parts: { ...parts, 'own share': event.ownMs } };
  });
}
