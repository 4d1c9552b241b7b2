import { setTimeout as sleep } from 'node:timers/promises';
import { startSession } from '../bench/watch-session.mjs';

/** @typedef {import('../../../src/model/events.ts').Envelope} Envelope */

/** More than the quiet window, and than a rename is passed on late. */
const quietMs = 250;

/**
 * A watch as seen from outside: the last cycle that came to an end, and whether anything goes on.
 *
 * @param {Omit<Parameters<typeof startSession>[0], 'patience'>} options
 */
export function followWatch(options) {
  // It may well be silent: whoever waits has a limit of their own.
  const session = startSession({ ...options, patience: 2 ** 31 - 1 });
  const counts = { cycles: 0, cancelled: 0, rebuilt: 0, failed: 0 };
  let isReady = false;
  let current = /** @type {Envelope[] | undefined} */ (undefined);
  let last = /** @type {readonly Envelope[]} */ ([]);
  let recent = /** @type {Envelope[]} */ ([]);
  let since = performance.now();

  const see = (/** @type {Envelope} */ event) => {
    since = performance.now();
    recent.push(event);
    if (event.kind === 'daemon-ready') isReady = true;
    if (event.kind === 'cycle-started') current = [];
    current?.push(event);
    if (event.kind !== 'cycle-finished') return;
    counts.cycles++;
    counts.rebuilt += event.rebuilt.length;
    if (event.outcome === 'cancelled') counts.cancelled++;
    if (event.outcome === 'failed') counts.failed++;
    if (event.outcome !== 'cancelled') last = current ?? [];
    current = undefined;
    if (recent.length > 2000) recent = recent.slice(-1000);
  };
  const ended = session.next('its end', see).then(
    () => undefined,
    (/** @type {unknown} */ error) => error,
  );
  let isOver = false;
  void ended.then(() => (isOver = true));

  return {
    pid: session.pid,
    counts,
    /** Of the last cycle that was not cancelled. */
    lastCycle: () => last,
    /** For who has to find out what went wrong. */
    recent: () => recent,
    /** Milliseconds since it last said something. */
    silence: () => performance.now() - since,
    /** Whether a cycle runs, or the first is still to come. */
    isBusy: () => !isReady || current !== undefined || last.length === 0,
    /** Resolves when it has done nothing for a while, counted from now at the earliest; false where it does not come to that. */
    async quiet(/** @type {number} */ limitMs) {
      const begun = performance.now();
      while (this.isBusy() || performance.now() - Math.max(since, begun) < quietMs) {
        if (isOver) throw await ended;
        if (performance.now() - begun > limitMs) return false;
        await sleep(20);
      }
      return true;
    },
    stop: () => session.stop(),
  };
}
