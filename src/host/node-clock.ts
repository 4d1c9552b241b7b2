import type { Clock } from './ports.ts';

export const nodeClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  // What can be read is read, and what follows from it done, before an immediate is called.
  turn: () => new Promise((resolve) => setImmediate(() => setImmediate(resolve))),
};
