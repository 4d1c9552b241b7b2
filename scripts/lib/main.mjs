/**
 * What every script has around it: expected failures become one line and exit code 1, a signal ends the children first
 * and becomes 128 + n.
 */
import { constants } from 'node:os';

/** Something a person can mend; its message is all they need to see. */
export class SetupError extends Error {
  /**
   * @param {'offline' | 'unsupported' | 'failed'} kind `unsupported`: this machine cannot have it this way at all
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** Thrown by whatever was under way when a signal came. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs `body` and sets the exit code. The abort signal's reason is an {@link Interrupted}; the second signal of a kind
 * has Node's default effect, so that nothing can hang on.
 *
 * @param {(signal: AbortSignal) => Promise<number>} body resolves to the exit code
 * @returns {Promise<number>} the exit code, after all
 */
export async function main(body) {
  const controller = new AbortController();
  const listeners = signals.map((name) => {
    const listener = () => controller.abort(new Interrupted(name));
    process.once(name, listener);
    return { name, listener };
  });
  try {
    const code = await body(controller.signal).catch(exitCodeOf);
    process.exitCode = code;
    return code;
  } finally {
    for (const { name, listener } of listeners) process.off(name, listener);
  }
}

/** @param {unknown} error */
function exitCodeOf(error) {
  if (error instanceof Interrupted) return 128 + constants.signals[error.signal];
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  return 1;
}

/** @param {number} since from `performance.now()` */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
