import { pino } from 'pino';
import type { Envelope } from '../model/events.ts';
import { printableJson } from './printable.ts';
import type { Renderer, TextOut } from './renderer.ts';

/**
 * JSON lines: each is the envelope and nothing else. `v` goes where pino puts its level, the one field it insists on
 * (an empty one would give `{,`), and so stays the first.
 */
export function createJsonRenderer(out: TextOut): Renderer {
  const version: Envelope['v'] = 1;
  const logger = pino(
    { base: null, timestamp: false, level: 'info', formatters: { level: () => ({ v: version }) } },
    { write: (line) => out.write(printableJson(line)) },
  );
  return {
    event({ v: _, ...event }) {
      logger.info(event);
    },
    close: () => undefined,
  };
}
