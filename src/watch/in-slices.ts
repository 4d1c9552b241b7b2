import type { Clock } from '../host/ports.ts';

/** What waits for a turn waits no longer, several times on the way from a compile to a link. A turn is 20 µs. */
const sliceMs = 1;

/** Where the work itself is what is waited for: what else there is to do is the watcher's, which reads whole directories. */
const urgentMs = 10;

/**
 * Does work a little at a time, so that whatever happens meanwhile is attended to. Returns what came of it and the
 * milliseconds that it took by itself; undefined where the signal came first. `isUrgent`: at the moment, nothing matters more.
 */
export async function inSlices<T>(
  work: Iterator<unknown, T>,
  clock: Clock,
  signal: AbortSignal,
  isUrgent: () => boolean = () => false,
): Promise<{ readonly value: T; readonly ms: number } | undefined> {
  let ms = 0;
  for (;;) {
    await clock.turn();
    if (signal.aborted) return undefined;
    const started = clock.elapsed();
    const longest = isUrgent() ? urgentMs : sliceMs;
    for (let took = 0; took < longest; took = clock.elapsed() - started) {
      const step = work.next();
      if (step.done === true) return { value: step.value, ms: ms + clock.elapsed() - started };
    }
    ms += clock.elapsed() - started;
  }
}
