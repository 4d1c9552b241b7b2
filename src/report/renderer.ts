import type { Envelope } from '../model/events.ts';

/** Shows the event stream to somebody. Reads envelopes and never changes one. */
export interface Renderer {
  event(envelope: Envelope): void;
  /** Leaves its output in a good state (no half-drawn line). No event follows. */
  close(): void;
}

/** Where text goes. Lines end in `\n`. */
export interface TextOut {
  write(text: string): void;
}
