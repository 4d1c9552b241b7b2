import type { Clock } from '../../host/ports.ts';

/** Time that passes when the test says so. */
export interface ManualClock extends Clock {
  /** Lets time pass; calls back what falls due, in the order in which it does. */
  advance(ms: number): void;
  /** How many callbacks are waiting. */
  readonly waiting: number;
}

export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  let elapsed = 0;
  const timers = new Set<{ readonly due: number; readonly callback: () => void }>();
  const dueBy = (end: number) => [...timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  return {
    now: () => startMs + elapsed,
    elapsed: () => elapsed,
    after(ms, callback) {
      const timer = { due: elapsed + ms, callback };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    advance(ms) {
      const end = elapsed + ms;
      for (let timer = dueBy(end); timer !== undefined; timer = dueBy(end)) {
        timers.delete(timer);
        elapsed = Math.max(elapsed, timer.due);
        timer.callback();
      }
      elapsed = end;
    },
    get waiting() {
      return timers.size;
    },
  };
}
