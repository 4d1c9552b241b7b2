/** What became of a builder that made nothing of use. */
export interface BuilderEnd {
  /** For people: `builder failed with exit code 1`, `builder failed due to signal 9 (Killed)`. */
  readonly words: string;
  /**
   * Whose doing it is: `itself`, and what it printed says why; `others`, who ended it, which is nothing that its inputs have
   * done; `unknown` for all else.
   */
  readonly by: 'itself' | 'others' | 'unknown';
}

/** HUP, INT, KILL and TERM, by which processes end others; what a program does wrong ends it by another. */
const endingSignals = ['1', '2', '9', '15'];

/**
 * What Nix says of a build that failed. Source of the texts, in nix: 2.26 `builder for 'PATH' failed …` and 2.34
 * `Cannot build 'PATH'. Reason: builder failed …`, in src/libstore. Of other texts it gives the first line.
 */
export function builderEndOf(message: string): BuilderEnd {
  const [, reason = message] = /^Cannot build '[^'\n]*'\.\s*Reason: (.*)/su.exec(message) ?? [];
  const [first = ''] = reason.trim().split('\n', 1);
  const words = first
    .replace(/^builder for '[^'\n]*' /u, 'builder ')
    .replace(/^'(.*)'\.?$/u, '$1')
    .replace(/[.;:]$/u, '');
  if (/^builder failed with exit code \d+$/u.test(words)) return { words, by: 'itself' };
  const signal = /^builder failed due to signal (\d+)\b/u.exec(words)?.[1];
  return { words, by: signal !== undefined && endingSignals.includes(signal) ? 'others' : 'unknown' };
}
