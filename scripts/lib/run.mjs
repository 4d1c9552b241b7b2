/** Child processes that never outlive an interrupt. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Interrupted, SetupError } from './main.mjs';

/**
 * @typedef {object} RunOptions
 * @property {AbortSignal} signal
 * @property {string | undefined} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [inherit] let it write to our own stdout and stderr, which are then not collected
 */

/**
 * Resolves when the program has ended, whatever its exit code; never through a shell.
 * Throws {@link Interrupted} (after the program is gone) or, where there is no such program, a {@link SetupError}.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<{ code: number, stdout: string, output: string }>} `output` is stdout and stderr as they came
 */
export async function run(file, args, { signal, cwd, env, inherit = false }) {
  signal.throwIfAborted();
  const child = spawn(file, [...args], {
    cwd,
    env: env ?? process.env,
    stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    stdout += text;
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    output += text;
  });
  const interrupt = () => child.kill('SIGTERM');
  signal.addEventListener('abort', interrupt);
  try {
    /** @type {number} */
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode) => resolve(exitCode ?? 1));
    });
    signal.throwIfAborted();
    return { code, stdout, output };
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Error)) throw error;
    throw new SetupError('unsupported', `cannot run ${file}: ${error.message}`);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/**
 * The same, for what has no reason to fail.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<string>} stdout
 */
export async function mustRun(file, args, options) {
  const { code, stdout, output } = await run(file, args, options);
  if (code !== 0) throw new SetupError('failed', `${[file, ...args].join(' ')} failed:\n${output}`);
  return stdout;
}

/**
 * @param {string} program
 * @returns {string | undefined} its absolute path, from PATH
 */
export function which(program) {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(directory, program);
    try {
      accessSync(file, constants.X_OK);
      if (directory !== '' && statSync(file).isFile()) return file;
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}
