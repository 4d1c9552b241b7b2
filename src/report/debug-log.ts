import { pino, type Level, type LevelWithSilent } from 'pino';
import type { Envelope } from '../model/events.ts';
import type { Renderer } from './renderer.ts';

/**
 * Appends every event to a file, for finding out later what happened: pino's own format, `msg` the kind and `time` the
 * event's. Written before `event` returns, so that the last line is there whatever ends the process. Throws where the
 * file cannot be opened; its directory has to be there.
 */
export function createDebugLog(file: string, level: LevelWithSilent): Renderer {
  const destination = pino.destination({ dest: file, sync: true });
  const logger = pino({ base: null, timestamp: false, level }, destination);
  return {
    event(e) {
      logger[levelOf(e)]({ time: e.at, ...e }, e.kind);
    },
    close() {
      destination.flushSync();
      destination.end();
    },
  };
}

function levelOf(e: Envelope): Level {
  switch (e.kind) {
    case 'failure':
    case 'unit-failed':
      return 'error';
    case 'watch-degraded':
    case 'write-failed':
    case 'plan-stale':
    case 'engine-fallback':
    case 'engine-resumed':
      return 'warn';
    case 'derivations-checked':
      return e.differing.length > 0 ? 'warn' : 'info';
    case 'object-verified':
      return e.outcome === 'same' || e.outcome === 'mapped' ? 'debug' : 'error';
    case 'verification-finished':
      return e.outcome === 'differs' ? 'error' : 'info';
    case 'import-finished':
      return e.outcome === 'failed' ? 'error' : 'info';
    case 'generator-finished':
      return e.outcome === 'failed' ? 'error' : 'debug';
    case 'derivation-finished':
    case 'cycle-finished':
      return e.outcome === 'failed' ? 'error' : 'info';
    case 'daemon-started':
    case 'daemon-ready':
    case 'daemon-stopped':
    case 'change-observed':
    case 'cycle-started':
    case 'import-started':
    case 'verification-started':
    case 'command-started':
    case 'command-finished':
      return 'info';
    case 'unit-scanned':
    case 'graph-changed':
    case 'generator-started':
    case 'stanzas-written':
    case 'derivation-started':
    case 'diagnostic':
      return 'debug';
    case 'log-line':
      return 'trace';
  }
}
