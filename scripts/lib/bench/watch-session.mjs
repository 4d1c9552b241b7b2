import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '../main.mjs';
import { peakMemory, processorTime } from './proc.mjs';
import { now } from './stopwatch.mjs';

/** @typedef {import('../../../src/model/events.ts').Envelope} Envelope */

/** makenix writes down what it knows 300 ms after a cycle, when nobody waits. */
const settling = 400;

/**
 * `makenix watch` as a child whose events are stamped as they arrive. Its words for people go to a file: writing to a
 * terminal would be part of the figures. (lib/makenix-watch.mjs shows them, and has no stamps.)
 *
 * @param {object} options
 * @param {readonly string[]} options.command arguments of node
 * @param {NodeJS.ProcessEnv} options.env
 * @param {AbortSignal} options.signal
 * @param {string} options.log
 * @param {number} [options.patience] milliseconds without an event; only so that what never comes is reported
 */
export function startSession({ command, env, signal, log, patience = 120_000 }) {
  const words = openSync(log, 'w');
  const startedAt = now();
  const child = spawn(process.execPath, [...command], { env, stdio: ['ignore', 'pipe', words] });
  closeSync(words);
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) throw new SetupError('unsupported', `cannot run ${process.execPath}`);
  const closed = once(child, 'close');
  const interrupt = () => child.kill('SIGTERM');
  signal.addEventListener('abort', interrupt);

  const queue = /** @type {{ event: Envelope, at: number }[]} */ ([]);
  let isOver = false;
  let wake = () => {};
  let rest = '';
  stdout.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
    const at = now();
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) queue.push({ event: /** @type {Envelope} */ (JSON.parse(line)), at });
    wake();
  });
  stdout.on('close', () => {
    isOver = true;
    wake();
  });

  const lastWords = () => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-40).join('\n');

  return {
    startedAt,
    pid,
    /** Forgets what has arrived and was not asked for. */
    drop() {
      queue.length = 0;
    },
    /**
     * Gives events to `accept`, with the time of their arrival, until it makes something of one.
     *
     * @template T
     * @param {string} what for the message where it does not come
     * @param {(event: Envelope, at: number) => T | undefined} accept
     * @returns {Promise<T>}
     */
    async next(what, accept) {
      for (;;) {
        for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
          const accepted = accept(first.event, first.at);
          if (accepted !== undefined) return accepted;
        }
        signal.throwIfAborted();
        if (isOver) throw new SetupError('failed', `makenix ended before ${what}:\n${lastWords()}`);
        const came = await new Promise((resolve) => {
          const timer = setTimeout(resolve, patience, false);
          wake = () => {
            clearTimeout(timer);
            resolve(true);
          };
        });
        const silence = `makenix said nothing for ${patience / 1000} s, waiting for ${what}:\n`;
        if (came === false) throw new SetupError('failed', silence + lastWords());
      }
    },
    /** Resolves when it does nothing any more, so that it takes no time from whoever is measured next. */
    async idle() {
      await sleep(settling);
      let before = processorTime(pid);
      for (let looks = 0; looks < 200; looks++) {
        await sleep(50);
        const used = processorTime(pid);
        if (used === before) return;
        before = used;
      }
      throw new SetupError('failed', `makenix watch does not come to rest:\n${lastWords()}`);
    },
    /** Bytes of resident memory, at most until now. */
    peakMemory: () => peakMemory(pid),
    /** Ends it as Ctrl-C does; resolves once it is gone. */
    async stop() {
      signal.removeEventListener('abort', interrupt);
      child.kill('SIGINT');
      await closed;
    },
  };
}
