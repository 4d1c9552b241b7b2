import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { removeAll } from '../bench/workspace.mjs';
import { seconds, SetupError } from '../main.mjs';
import { differences, expressionIn, freshAnswer, realisedIn, saidBy } from './answer.mjs';
import { openEditor } from './editor.mjs';
import { followWatch } from './followed-watch.mjs';
import { seeded } from './random.mjs';
import { placeOptions } from './site.mjs';
import { editedProjects } from './trees.mjs';

export { editedProjects };

/** @typedef {import('./trees.mjs').EditedProject} EditedProject */
/** @typedef {import('./site.mjs').Site} Site */

/** Of edits: then all begins anew with the next seed, so that stores stay small and what fails is soon come to again. */
const runLength = 500;

/** How long a watch may take to come to what is right: a cycle, and one more. */
const limitMs = 60_000;

/** Of one that says nothing and does nothing, no more is to be expected. */
const patienceMs = 10_000;

const program = fileURLToPath(new URL('losing-watch.mjs', import.meta.url));

/**
 * What makenix says is what a fresh run says, after any edits: a watch follows a tree that is edited at random, and every
 * few edits, when it has come to rest, its expression, its derivations, what it has built and what it says is wrong have
 * to be those of a process that knows nothing, on a copy of the tree.
 *
 * @param {Site} site
 * @param {{ edits: number, seed: number, drops: number, projects: readonly EditedProject[] }} options
 */
export async function runEdits(site, { edits, seed, drops, projects }) {
  const start = performance.now();
  const shares = projects.reduce((sum, { share }) => sum + share, 0);
  // Beside each other: either waits most of the time.
  const ends = await Promise.allSettled(
    projects.map(async (project) => {
      const share = Math.ceil((edits * project.share) / shares);
      const totals = { edits: 0, comparisons: 0, broken: 0, cycles: 0, cancelled: 0, rebuilt: 0, failed: 0 };
      for (let run = 0; totals.edits < share; run++) {
        const amount = Math.min(runLength, share - totals.edits);
        const counts = await runProject(site, { project, edits: amount, seed: seed + run, drops });
        for (const key of keysOf(totals)) totals[key] += counts[key];
        site.say(`${project.name}: ${totals.edits} edits, ${totals.comparisons} comparisons; ${seconds(start)}`);
      }
      return { project: project.name, ...totals };
    }),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const counts = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  process.stdout.write(`${JSON.stringify({ seed, drops, projects: counts }, undefined, 2)}\n`);
  process.stdout.write(`${seconds(start)}; no difference\n`);
}

/**
 * @template {object} T
 * @param {T} record
 */
const keysOf = (record) => /** @type {(keyof T)[]} */ (Object.keys(record));

/**
 * @param {Site} site
 * @param {{ project: EditedProject, edits: number, seed: number, drops: number }} options
 */
async function runProject(site, { project, edits, seed, drops }) {
  const directory = join(site.directory, `${project.name}-${seed}`);
  const [tree, copy, store] = [join(directory, 'tree'), join(directory, 'fresh/tree'), join(directory, 'store')];
  mkdirSync(directory);
  const random = seeded(seed);
  const editor = openEditor({ tree, outside: join(directory, 'outside'), project, random, pause: sleep });
  await project.write(tree, site);
  await editor.begin();
  const command = [program, String(drops), String(seed), 'watch', '--json', ...placeOptions(tree, store)];
  const watch = followWatch({ command, env: site.env, signal: site.signal, log: join(directory, 'watch.log') });
  const totals = { edits: 0, comparisons: 0, broken: 0 };
  const history = /** @type {string[]} */ ([]);
  const note = (/** @type {string} */ what) => void history.push(`${Date.now()} ${what}\n`);
  try {
    let isBroken = await compare();
    while (totals.edits < edits) {
      if (isBroken && random.chance(0.8)) note(editor.mend());
      for (let left = 1 + random.below(Math.min(12, edits - totals.edits)); left > 0; left--) {
        note(await editor.edit());
        totals.edits++;
        if (random.chance(0.5)) await sleep(random.chance(0.7) ? random.below(60) : random.below(400));
      }
      // Whatever was lost, this is not: the watch has a reason to look around.
      if (drops > 0) note(editor.close());
      isBroken = await compare();
    }
  } catch (error) {
    site.say(`${String(error)}\n${keep()}`);
    throw error;
  } finally {
    await watch.stop();
  }
  removeAll(directory);
  return { ...totals, ...watch.counts };

  /** Whether something is wrong with the tree. */
  async function compare() {
    const since = performance.now();
    const fail = (/** @type {string} */ what) => {
      const which = `${project.name}, --seed ${seed}, after ${totals.edits} edits`;
      return new SetupError('failed', `${which}: ${what}`);
    };
    if (!(await watch.quiet(limitMs))) throw fail('the watch does not come to rest');
    const fresh = await freshAnswer({ tree, copy, store, site });
    for (;;) {
      const said = saidBy(watch.lastCycle(), tree);
      const watched = { expression: expressionIn(tree), said, realised: await realisedIn(tree) };
      const wrong = differences(watched, fresh);
      if (wrong.length === 0 && !watch.isBusy()) break;
      const waited = performance.now() - since;
      if (waited > limitMs || (!watch.isBusy() && watch.silence() > patienceMs)) throw fail(wrong.join('\n  '));
      await sleep(50);
    }
    note(equal);
    totals.comparisons++;
    const isWrong = fresh.said.some((line) => line.startsWith('it failed'));
    if (isWrong) totals.broken++;
    return isWrong;
  }

  /** What somebody needs who has to find out. */
  function keep() {
    const kept = mkdtempSync(join(tmpdir(), `makenix-chaos-${project.name}-${seed}-`));
    for (const part of ['tree', 'fresh/tree', 'watch.log']) {
      const options = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true };
      cpSync(join(directory, part), join(kept, part), options);
    }
    const events = watch.recent().map((event) => `${JSON.stringify(event)}\n`);
    writeFileSync(join(kept, 'events.jsonl'), events.join(''));
    writeFileSync(join(kept, 'edits.log'), history.join(''));
    const last = history.slice(history.findLastIndex((line) => line.endsWith(`${equal}\n`)) + 1);
    return `trees, events and edits are in ${kept}; since the last comparison:\n${last.join('')}`;
  }
}

const equal = '(no difference)';
