import { SetupError } from '../main.mjs';
import { run } from '../run.mjs';

/** Milliseconds on a clock that nobody sets. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * How long a program takes, from before it is started until it has ended and its output is closed. One that fails ends
 * the benchmark: what a failure takes says nothing.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('../run.mjs').RunOptions} options
 * @returns {Promise<{ ms: number, stdout: string, output: string }>}
 */
export async function timed(file, args, options) {
  const start = now();
  const { code, stdout, output } = await run(file, args, options);
  const ms = now() - start;
  if (code === 0) return { ms, stdout, output };
  // A link line of a thousand objects would hide what it says.
  const command = [file, ...args].join(' ').slice(0, 300);
  throw new SetupError('failed', `${command} failed:\n${output.trimEnd().split('\n').slice(-40).join('\n')}`);
}
