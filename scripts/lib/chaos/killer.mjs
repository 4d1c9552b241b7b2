import { setTimeout as sleep } from 'node:timers/promises';
import { argumentsOf, descendantsOf, stillRunning } from '../processes.mjs';

/**
 * Kills the Nix daemons of one makenix, and nothing else, at moments that a seed chooses.
 *
 * @param {object} options
 * @param {number} options.pid of makenix
 * @param {import('./random.mjs').Random} options.random
 * @param {number} options.kills how many, in all
 * @param {number} options.stops of these, how many of a hundred are stopped instead, as what hangs is
 */
export function startKiller({ pid, random, kills, stops }) {
  const counts = { killed: 0, stopped: 0, building: 0, waiting: 0 };
  const seen = /** @type {Map<string, import('../processes.mjs').Process>} */ (new Map());
  let isOver = false;
  /** One at a time: each costs the time that it takes to be noticed. */
  let stopped = /** @type {import('../processes.mjs').Process[]} */ ([]);

  const strike = () => {
    const processes = descendantsOf(pid);
    for (const process of processes) seen.set(`${process.pid} ${process.started}`, process);
    stopped = [...stillRunning(stopped)];
    const daemons = processes.filter(
      (each) => each.parent === pid && each.command === 'nix' && argumentsOf(each.pid).includes('--stdio'),
    );
    const victim = random.pick(daemons.filter((each) => !stopped.some((other) => other.pid === each.pid)));
    if (victim === undefined) return;
    const stop = stopped.length === 0 && random.chance(stops / 100);
    try {
      process.kill(victim.pid, stop ? 'SIGSTOP' : 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
      return;
    }
    if (stop) stopped.push(victim);
    counts[stop ? 'stopped' : 'killed']++;
    counts[processes.some(({ parent }) => parent === victim.pid) ? 'building' : 'waiting']++;
  };

  const total = () => counts.killed + counts.stopped;
  const run = async () => {
    while (!isOver && total() < kills) {
      // In bursts: now and then, what replaces the victim is the next one.
      await sleep(random.chance(0.3) ? random.below(40) : random.below(400));
      strike();
    }
  };
  const running = run();
  return {
    counts,
    get total() {
      return total();
    },
    /** Every process that was ever seen below makenix. */
    seen: () => [...seen.values()],
    async stop() {
      isOver = true;
      await running;
    },
  };
}
