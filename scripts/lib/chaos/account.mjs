/** @typedef {import('../../../src/model/events.ts').Envelope} Envelope */

/** Longer than the slowest cycle with a daemon that hangs in it twice. */
const longest = 60_000;

/** Keeps count of what makenix says, and of what it must not say. */
export function openAccount() {
  const counts = { cycles: 0, rebuilt: 0, resumed: 0, fellBack: 0, longestMs: 0 };
  /** Why another daemon, or `nix build`, had to go on, and how often. */
  const resumed = /** @type {Map<string, number>} */ (new Map());
  const fellBack = /** @type {Map<string, number>} */ (new Map());
  const wrongs = /** @type {string[]} */ ([]);
  const open = /** @type {Set<string>} */ (new Set());
  let diagnostics = /** @type {Set<string>} */ (new Set());
  let events = /** @type {Envelope[]} */ ([]);

  const wrong = (/** @type {string} */ what) => void wrongs.push(what);
  const count = (/** @type {Map<string, number>} */ counters, /** @type {string} */ because) => {
    const key = because.split(':', 1)[0] ?? '';
    counters.set(key, (counters.get(key) ?? 0) + 1);
  };

  return {
    counts,
    resumed,
    fellBack,
    wrongs,
    /** Those of the last cycles, for who has to find out what went wrong. */
    events: () => events,
    /** @param {Envelope} event */
    see(event) {
      if (event.kind === 'cycle-started') {
        if (open.size > 0) wrong(`still open as a cycle begins: ${[...open].join(', ')}`);
        open.clear();
        diagnostics = new Set();
        events = events.slice(-400);
      }
      events.push(event);
      switch (event.kind) {
        case 'derivation-started':
          if (open.has(event.name)) wrong(`${event.name} started twice`);
          open.add(event.name);
          break;
        case 'derivation-finished':
          if (event.outcome !== 'cut-off' && !open.delete(event.name)) wrong(`${event.name} ended without a start`);
          if (event.outcome === 'failed') wrong(`${event.name} failed`);
          break;
        case 'diagnostic': {
          const said = `${event.name}: ${event.file}:${event.line}: ${event.message}`;
          if (!event.replayed && diagnostics.has(said)) wrong(`said twice: ${said}`);
          if (!event.replayed) diagnostics.add(said);
          break;
        }
        case 'failure':
          wrong(`failure: ${JSON.stringify(event.failure)}`);
          break;
        case 'engine-resumed':
          counts.resumed++;
          count(resumed, event.because);
          break;
        case 'engine-fallback':
          counts.fellBack++;
          count(fellBack, event.because);
          break;
        case 'cycle-finished':
          counts.cycles++;
          counts.rebuilt += event.rebuilt.length;
          counts.longestMs = Math.max(counts.longestMs, event.ms);
          if (event.outcome === 'failed') wrong('a cycle failed');
          if (event.ms > longest) wrong(`a cycle took ${event.ms} ms`);
          break;
        default:
          break;
      }
    },
  };
}
