import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSession } from '../bench/watch-session.mjs';
import { seconds, SetupError } from '../main.mjs';
import { stillRunning } from '../processes.mjs';
import { mustRun } from '../run.mjs';
import { openAccount } from './account.mjs';
import { startKiller } from './killer.mjs';
import { chaosProject } from './project.mjs';
import { seeded } from './random.mjs';
import { makenix, placeOptions } from './site.mjs';

/** @typedef {import('./site.mjs').Site} Site */

/**
 * Nothing is lost and nothing hangs where the Nix daemon is killed: `makenix watch` builds a project that is edited all the
 * time, while its daemons are killed (SIGKILL), and some stopped (SIGSTOP), at random.
 *
 * After every few kills edits pause until the program is the one of the tree, which is run to see. In the end the same tree
 * is built from scratch in another store, which has to give the same output, and nothing may be left running. A cycle of
 * more than a minute is a failure, as is a step that is reported twice, and `nix build` reports what it is asked for by the
 * way.
 *
 * @param {Site} site
 * @param {{ kills: number, seed: number, stops: number, every: number }} options
 */
export async function runKills(site, { kills, seed, stops, every }) {
  const { directory, env, signal, say } = site;
  const [tree, store] = [join(directory, 'tree'), join(directory, 'store')];
  mkdirSync(tree);
  const start = performance.now();
  const random = seeded(seed);
  const account = openAccount();
  const project = chaosProject(tree);
  project.write();
  const command = [makenix, 'watch', '--json', ...placeOptions(tree, store)];
  const session = startSession({ command, env, signal, log: join(directory, 'watch.log'), patience: 60_000 });
  try {
    await settle();
    const killer = startKiller({ pid: session.pid, random: seeded(seed + 1), kills, stops });
    while (killer.total < kills) {
      const enough = Math.min(killer.total + every, kills);
      do {
        project.edit(random);
        await sleep(random.chance(0.3) ? random.below(30) : random.below(600));
      } while (killer.total < enough);
      await settle();
      const { cycles, resumed, fellBack } = account.counts;
      say(`${killer.total} killed; ${cycles} cycles, ${resumed} resumed, ${fellBack} by nix build; ${seconds(start)}`);
    }
    await killer.stop();
    project.edit(random);
    const outPath = await settle();
    await session.stop();
    await nothingRuns(killer.seen());
    const fresh = await fromScratch(site, tree);
    if (fresh !== outPath) throw new SetupError('failed', `from scratch, it is ${fresh}, and not ${outPath}`);
    const { counts, resumed, fellBack } = account;
    const reasons = { resumed: Object.fromEntries(resumed), fellBack: Object.fromEntries(fellBack) };
    process.stdout.write(`${JSON.stringify({ seed, struck: killer.counts, ...counts, reasons }, undefined, 2)}\n`);
    process.stdout.write(`${seconds(start)}; the same output from scratch: ${outPath}\n`);
  } catch (error) {
    const dump = join(tmpdir(), `makenix-chaos-${seed}.jsonl`);
    writeFileSync(
      dump,
      account
        .events()
        .map((event) => `${JSON.stringify(event)}\n`)
        .join(''),
    );
    say(`the last events are in ${dump}; ${await difference()}`);
    throw error;
  } finally {
    await session.stop();
  }

  /** For who has to find out which save is missing. */
  async function difference() {
    const program = join(tree, 'result/bin', project.target);
    const lines = (await mustRun(program, [], { signal })).split('\n');
    const expected = project.expected().split('\n');
    const wrong = expected.flatMap((line, unit) =>
      line === lines[unit] ? [] : [`u${unit}: ${lines[unit]}, not ${line}`],
    );
    return wrong.length === 0 ? 'the program is right' : wrong.join('; ');
  }

  /** Resolves, with its path in the store, once the program is the one of the tree. */
  async function settle() {
    const since = performance.now();
    for (;;) {
      const finished = await session.next('a cycle that ends', (event) => {
        account.see(event);
        return event.kind === 'cycle-finished' && event.outcome !== 'cancelled' ? event : undefined;
      });
      const [wrong] = account.wrongs;
      if (wrong !== undefined) throw new SetupError('failed', wrong);
      const [output] = finished.outputs;
      const program = join(tree, output?.link ?? 'result', 'bin', project.target);
      if (output !== undefined && (await mustRun(program, [], { signal })) === project.expected())
        return output.outPath;
      if (performance.now() - since > 60_000) throw new SetupError('failed', 'no right program for a minute');
    }
  }
}

/** @param {readonly import('../processes.mjs').Process[]} seen */
async function nothingRuns(seen) {
  // Those whose parent was killed are nobody's to wait for.
  for (let tries = 0; tries < 50 && stillRunning(seen).length > 0; tries++) await sleep(100);
  const left = stillRunning(seen);
  if (left.length > 0) throw new SetupError('failed', `still running: ${JSON.stringify(left)}`);
}

/**
 * @param {Site} site
 * @param {string} tree
 * @returns {Promise<string>} the output's path
 */
async function fromScratch({ directory, env, signal }, tree) {
  const copy = join(directory, 'fresh');
  cpSync(join(tree, 'src'), join(copy, 'src'), { recursive: true });
  cpSync(join(tree, 'makenix.json'), join(copy, 'makenix.json'));
  const args = [makenix, 'build', '--json', ...placeOptions(copy, join(directory, 'fresh-store')), '--engine', 'cli'];
  const lines = (await mustRun(process.execPath, args, { signal, env })).trim().split('\n');
  const events = lines.map((line) => /** @type {import('../../../src/model/events.ts').Envelope} */ (JSON.parse(line)));
  const finished = events.find((event) => event.kind === 'cycle-finished');
  return finished?.outputs[0]?.outPath ?? 'nothing';
}
