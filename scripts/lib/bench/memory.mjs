import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timed } from './stopwatch.mjs';

const preload = new URL('./peak-memory.mjs', import.meta.url).href;

/**
 * As {@link timed}, for a program of Node, and how much memory it had at most. Loading what looks at that takes a few
 * milliseconds, which are in the figure.
 *
 * @param {string} node
 * @param {readonly string[]} args
 * @param {import('../run.mjs').RunOptions} options
 * @returns {Promise<{ ms: number, stdout: string, output: string, peakMemory: number }>}
 */
export async function timedWithMemory(node, args, options) {
  const directory = mkdtempSync(join(tmpdir(), 'makenix-bench-memory-'));
  try {
    const peak = join(directory, 'peak');
    const env = { ...(options.env ?? process.env), MAKENIX_BENCH_PEAK: peak };
    const sample = await timed(node, ['--import', preload, ...args], { ...options, env });
    return { ...sample, peakMemory: Number(readFileSync(peak, 'utf8')) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
