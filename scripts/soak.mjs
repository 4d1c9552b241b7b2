/**
 * The proof that one process can run for long: `makenix watch` builds a project of some 30 units, of which something is
 * saved thousands of times (contents, includes, headers, flags; files come, go, and get other names; code breaks and is
 * mended), each awaited until the program is the one of the tree, which is run to see.
 *
 *     npm run soak [-- --cycles N | --seed S | --every N]
 *
 * After the warm-up (500 cycles, or half of fewer), every 500 (`--every`) and at the end it looks at what makenix has: resident
 * memory, Nix daemons, file descriptors, inotify watches, roots of the garbage collector, the files it remembers in.
 * Prints a table of that to standard output, and fails where resident memory after the last cycle is more than 10 % above that
 * after the warm-up, or anything else has grown with the cycles rather than with the project.
 *
 * Memory is the median of what the system says after each of the last 100 cycles, as it is: a collector of garbage
 * comes when it thinks fit. What is in use of the heap is found by having it come, which is why that is done twice only,
 * after the warm-up and at the end. Works in a temporary directory that it removes.
 *
 * One thing is not as users have it (`oneArena`).
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './lib/bench/statistics.mjs';
import { startSession } from './lib/bench/watch-session.mjs';
import { makeWorkspace, removeAll } from './lib/bench/workspace.mjs';
import { seeded } from './lib/chaos/random.mjs';
import { main, seconds, SetupError } from './lib/main.mjs';
import { ensureNix } from './lib/nix-prefix.mjs';
import { checkCompiler, checkNode, compile, installPackages, repository } from './lib/prepare.mjs';
import { mustRun } from './lib/run.mjs';
import { soakProject } from './lib/soak/project.mjs';
import { residentMemory, takeSample } from './lib/soak/sample.mjs';
import { growth, megabytes, table } from './lib/soak/verdict.mjs';

/** @typedef {ReturnType<typeof readOptions>} Options */

const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
const preload = fileURLToPath(new URL('./lib/soak/heap.mjs', import.meta.url));

/** Cycles whose memory is taken together: more than come between two collections. */
const together = 100;

/**
 * V8 compiles what has become hot in four threads, and malloc(3) has each of them keep the memory that its largest function
 * took: 5 MB a thread, that come in the course of the first thousands of cycles, and no more after that (20 MB by the 2,000th,
 * 22 MB by the 5,000th). That is most of a tenth of the whole, so that here all threads share what they keep. What leaks
 * can be seen as well.
 */
const oneArena = { MALLOC_ARENA_MAX: '1' };

/** Longer than the slowest cycle. */
const patience = 60_000;

await main(async (signal) => {
  const options = readOptions();
  checkNode();
  checkCompiler(['gcc']);
  await installPackages({ signal, say });
  await compile({ signal, say });
  const nix = await ensureNix({ version: 'any', signal, say });
  const { directory } = await makeWorkspace(signal);
  try {
    const env = { ...process.env, ...nix.env, TMPDIR: join(directory, 'tmp') };
    return await soak(directory, env, signal, options);
  } finally {
    removeAll(directory);
  }
});

/**
 * @param {string} directory
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal} signal
 * @param {Options} options
 * @returns {Promise<number>} the exit code
 */
async function soak(directory, env, signal, { cycles, seed, every }) {
  const start = performance.now();
  const [tree, store, log] = [join(directory, 'tree'), join(directory, 'store'), join(directory, 'watch.log')];
  const heapFile = join(directory, 'heap');
  const random = seeded(seed);
  const project = soakProject(tree);
  mkdirSync(tree);
  project.write(random);
  const arguments_ = ['watch', '--json', '-C', tree, '--store', store, '--toolchain', 'host'];
  const session = startSession({
    command: ['--import', preload, join(repository, 'bin/makenix.js'), ...arguments_],
    env: { ...env, ...oneArena, MAKENIX_SOAK_HEAP: heapFile },
    ...{ signal, log, patience },
  });
  const samples = /** @type {{ cycle: number, figures: import('./lib/soak/sample.mjs').Figures }[]} */ ([]);
  let resident = /** @type {number[]} */ ([]);
  const warmUp = Math.min(500, cycles >> 1);
  try {
    await settle();
    for (let cycle = 1; cycle <= cycles; cycle++) {
      project.edit(random);
      await settle();
      resident = [...resident.slice(1 - together), residentMemory(session.pid)];
      if (cycle !== warmUp && cycle !== cycles && (cycle < warmUp || cycle % every !== 0)) continue;
      await session.idle();
      const site = { pid: session.pid, tree, store, temporary: join(directory, 'tmp') };
      const taken = takeSample(site);
      const heap = cycle === warmUp || cycle === cycles ? await heapInUse() : undefined;
      samples.push({ cycle, figures: { files: project.files, resident: median(resident), heap, ...taken } });
      say(
        `${cycle} cycles; ${megabytes(median(resident))}, its daemons ${megabytes(taken.daemons)}; ${seconds(start)}`,
      );
    }
  } finally {
    await session.stop();
  }
  process.stdout.write(table(samples));
  const found = verdict();
  for (const each of found) say(`grown with the cycles: ${each}`);
  process.stdout.write(`${cycles} cycles with seed ${seed} in ${seconds(start)}\n`);
  return found.length > 0 ? 1 : 0;

  function verdict() {
    const [first, last] = [samples[0], samples.at(-1)];
    if (first === undefined || last === undefined) return [];
    const leaks = readFileSync(log, 'utf8').includes('MaxListenersExceededWarning') ? ['listeners'] : [];
    return [...growth(first.figures, last.figures), ...leaks];
  }

  /** Resolves once the program is the one of the tree, or the tree was found to make none. */
  async function settle() {
    const since = performance.now();
    for (;;) {
      const { outcome, outputs } = await session.next('a cycle that ends', (event) =>
        event.kind === 'cycle-finished' && event.outcome !== 'cancelled' ? event : undefined,
      );
      const expected = project.expected();
      const link = outputs[0]?.link;
      if (expected === undefined && outcome === 'failed') return;
      if (expected !== undefined && outcome !== 'failed' && typeof link === 'string') {
        const program = join(tree, link, 'bin', project.target);
        if ((await mustRun(program, [], { signal })) === expected) return;
      }
      if (performance.now() - since > patience) throw new SetupError('failed', 'no right program for a minute');
    }
  }

  /** Bytes. */
  async function heapInUse() {
    rmSync(heapFile, { force: true });
    process.kill(session.pid, 'SIGUSR2');
    for (let tries = 0; tries < 100; tries++) {
      await sleep(50);
      try {
        return Number(readFileSync(heapFile, 'utf8'));
      } catch {
        // Not yet.
      }
    }
    throw new SetupError('failed', 'makenix does not say how much of its heap is in use');
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      cycles: { type: 'string', default: '5000' },
      seed: { type: 'string', default: '1' },
      every: { type: 'string', default: '500' },
    },
  });
  const number = (/** @type {keyof typeof values} */ name) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 0) throw new SetupError('unsupported', `--${name} takes a number`);
    return value;
  };
  return { cycles: Math.max(2, number('cycles')), seed: number('seed'), every: Math.max(1, number('every')) };
}
