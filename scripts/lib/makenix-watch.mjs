import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SetupError } from './main.mjs';
import { repository } from './prepare.mjs';

/** @typedef {import('../../src/model/events.ts').Envelope} Envelope */

/** Longer than the slowest step on the slowest disk; only so that a step which never comes is reported. */
const patience = 60_000;

/**
 * `makenix watch` as a child: its events to be waited for, its words to people on our own stderr.
 *
 * @param {{ args: readonly string[], env: Record<string, string>, signal: AbortSignal }} options
 */
export function startWatch({ args, env, signal }) {
  const child = spawn(process.execPath, [join(repository, 'bin/makenix.js'), 'watch', '--json', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const interrupt = () => child.kill('SIGTERM');
  signal.addEventListener('abort', interrupt);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  return {
    /**
     * The next event that `accept` makes something of; those before it are gone.
     *
     * @template T
     * @param {string} what for the message where it does not come
     * @param {(event: Envelope) => T | undefined} accept
     * @returns {Promise<T>}
     */
    async next(what, accept) {
      for (;;) {
        const { value, done } = await inTime(lines.next(), what);
        signal.throwIfAborted();
        if (done === true) throw new SetupError('failed', `makenix ended before ${what}`);
        const accepted = accept(/** @type {Envelope} */ (JSON.parse(value)));
        if (accepted !== undefined) return accepted;
      }
    },
    /** Ends it as Ctrl-C does; resolves once it is gone. */
    async stop() {
      signal.removeEventListener('abort', interrupt);
      child.kill('SIGINT');
      await closed;
    },
  };
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {string} what
 * @returns {Promise<T>}
 */
async function inTime(promise, what) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const tooLate = new Promise((_, reject) => {
    const error = new SetupError('failed', `makenix said nothing for ${patience / 1000} s, waiting for ${what}`);
    timer = setTimeout(() => reject(error), patience);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, tooLate]));
  } finally {
    clearTimeout(timer);
  }
}
