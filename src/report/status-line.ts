import type { Clock } from '../host/ports.ts';
import type { TextOut } from './renderer.ts';

export interface StatusUpdate {
  /** To stay on the screen, above the status. */
  readonly lines: readonly string[];
  /** Gives what is going on, in less than a row; undefined for none. Asked only where it is drawn. */
  readonly status: (() => string) | undefined;
  /** Milliseconds; the time of the event behind this. */
  readonly at: number;
  /** Draw now, however short the time since the last. */
  readonly urgent: boolean;
}

export interface StatusLine {
  update(update: StatusUpdate): void;
  /** Takes the status off the screen. */
  close(): void;
}

/** Back to the first column, and Erase in Line, all of it (ECMA-48 §8.3.41). */
const erase = '\r\x1b[2K';
/** A thousand objects come by in bursts, and nobody reads faster. */
const interval = 50;

/**
 * The one line that is redrawn in place. Each update is one write, so that nothing flickers, and lines that stay always
 * find the status out of their way. What `interval` holds back is drawn by `after`, where one is given: the last event
 * before a long link must not leave the line saying something else for the whole of it.
 */
export function createStatusLine(out: TextOut, after?: Clock['after']): StatusLine {
  let shown: string | undefined;
  let drawnAt = -Infinity;
  let latest: (() => string) | undefined;
  let cancelHeld: (() => void) | undefined;

  const draw = (lines: readonly string[], at: number): void => {
    cancelHeld?.();
    cancelHeld = undefined;
    const status = latest?.();
    if (lines.length === 0 && status === shown) return;
    const text = lines.map((line) => `${line}\n`).join('');
    out.write((shown === undefined ? '' : erase) + text + (status ?? ''));
    shown = status;
    drawnAt = at;
  };

  return {
    update({ lines, status, at, urgent }) {
      latest = status;
      const since = at - drawnAt;
      // Time that went backwards is no reason to wait for it.
      const early = since >= 0 && since < interval;
      if (!early || urgent || lines.length > 0 || status === undefined) draw(lines, at);
      else cancelHeld ??= after?.(interval - since, () => draw([], drawnAt + interval));
    },
    close() {
      latest = undefined;
      draw([], drawnAt);
    },
  };
}
