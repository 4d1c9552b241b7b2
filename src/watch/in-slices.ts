import type { Clock } from '../host/ports.ts';

/** What waits for a turn waits no longer, several times on the way from a compile to a link. A turn is 20 µs. */
const sliceMs = 1;

/**
 * Does work a little at a time, so that whatever happens meanwhile is attended to. Returns what came of it and the
 * milliseconds that it took by itself; undefined where the signal came first.
 */
export async function inSlices<T>(
  work: Iterator<unknown, T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly value: T; readonly ms: number } | undefined> {
  let ms = 0;
  for (;;) {
    await clock.turn();
    if (signal.aborted) return undefined;
    const started = clock.elapsed();
    for (let took = 0; took < sliceMs; took = clock.elapsed() - started) {
      const step = work.next();
      if (step.done === true) return { value: step.value, ms: ms + clock.elapsed() - started };
    }
    ms += clock.elapsed() - started;
  }
}
