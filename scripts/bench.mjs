/**
 * How long makenix takes from a save to a program, beside ninja, gcc by itself and plain `nix build`, all in one run and
 * by turns.
 *
 *     npm run bench [-- --rounds N] [--only NAME]… [--full] [--json FILE]
 *
 * `--only lua` or `--only lua/no-op`; `dynamic-100` and its like are of dynamic mode. `--full`: what takes minutes, too.
 * Prints Markdown tables to standard output and writes nothing but FILE, which gets every single figure. Works in a
 * temporary directory that it removes.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { prepareContext } from './lib/bench/context.mjs';
import { describeMachine } from './lib/bench/machine.mjs';
import { measure } from './lib/bench/measure.mjs';
import { readOptions } from './lib/bench/options.mjs';
import { markdown } from './lib/bench/report.mjs';
import { openSite } from './lib/bench/site.mjs';
import { select } from './lib/bench/suites.mjs';
import { removeAll } from './lib/bench/workspace.mjs';
import { main, seconds } from './lib/main.mjs';

/** @typedef {import('./lib/bench/report.mjs').Result} Result */

const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

await main(async (signal) => {
  const { rounds, only, full, json } = readOptions(process.argv.slice(2));
  const context = await prepareContext({ full, signal, say });
  try {
    const machine = await describeMachine(context);
    const results = /** @type {Result[]} */ ([]);
    for (const suite of select(only, full)) results.push(...(await runSuite(suite, context, rounds)));
    process.stdout.write(markdown(machine, results));
    if (json !== undefined) writeFileSync(resolve(json), `${JSON.stringify({ machine, results }, undefined, 2)}\n`);
  } finally {
    removeAll(context.workspace.directory);
  }
  return 0;
});

/**
 * @param {import('./lib/bench/scenario.mjs').Suite} suite
 * @param {import('./lib/bench/context.mjs').Context} context
 * @param {number} rounds
 * @returns {Promise<readonly Result[]>}
 */
async function runSuite({ name, project, scenarios }, context, rounds) {
  const { signal } = context;
  const site = openSite(await project(context), context);
  const results = [];
  try {
    for (const { name: part, title, references, times = { warmups: 1, rounds }, run } of scenarios) {
      const scenario = `${name}/${part}`;
      const start = performance.now();
      const measured = await run(site, (contenders) => {
        say(`${scenario}: ${contenders.map((each) => each.name).join(', ')}; set up in ${seconds(start)}`);
        return measure(contenders, { ...times, signal });
      });
      say(`${scenario}: done in ${seconds(start)}`);
      results.push({ scenario, project: site.project.title, title, references, measured });
    }
  } finally {
    site.close();
  }
  return results;
}
