import type { Envelope, MakenixEvent } from '../model/events.ts';
import type { Renderer } from './renderer.ts';

export interface EventStream {
  /** Stamps the event and hands it to every sink, in order, before it returns. */
  readonly emit: (event: MakenixEvent) => void;
  /** Makes what follows belong to the next cycle and returns its number, from 1. Events before the first have 0. */
  readonly beginCycle: () => number;
}

/**
 * The one source of envelopes: `seq` counts from 1 without gaps, `at` is the clock's milliseconds since the epoch.
 *
 * A sink that throws gets nothing more, and the others do not notice: a reader that closed its pipe (EPIPE) must not
 * end a build, nor be asked again for each of the events to come. `onSinkError` hears of it, once a sink.
 */
export function createEventStream(
  clock: { now(): number },
  sinks: readonly Renderer[],
  onSinkError: (error: unknown) => void = () => undefined,
): EventStream {
  const alive = new Set(sinks);
  let seq = 0;
  let cycle = 0;
  return {
    emit(event) {
      const envelope: Envelope = { v: 1, seq: ++seq, cycle, at: clock.now(), ...event };
      for (const sink of alive) {
        try {
          sink.event(envelope);
        } catch (error) {
          alive.delete(sink);
          onSinkError(error);
        }
      }
    },
    beginCycle: () => ++cycle,
  };
}
