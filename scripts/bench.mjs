/**
 * How long makenix takes from a save to a program, beside ninja, raw gcc by itself and plain `nix build`, all in one run and
 * by turns.
 *
 *     npm run bench [-- --rounds N] [--only NAME]… [--full] [--write] [--json FILE]
 *
 * `--only lua` or `--only lua/no-op`; `dynamic-100` and its like are of dynamic mode. `--full`: what takes minutes, too.
 * Prints Markdown tables to standard output and writes nothing but FILE, which gets every single figure, and with
 * `--write` docs/BENCHMARKS.md with what belongs to it. Works in a temporary directory that it removes.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { prepareContext } from './lib/bench/context.mjs';
import { measure } from './lib/bench/measure.mjs';
import { help, readOptions } from './lib/bench/options.mjs';
import { publish } from './lib/bench/publish.mjs';
import { markdown } from './lib/bench/report.mjs';
import { describeRun } from './lib/bench/run-record.mjs';
import { openSite } from './lib/bench/site.mjs';
import { select } from './lib/bench/suites.mjs';
import { removeAll } from './lib/bench/workspace.mjs';
import { main, seconds, SetupError } from './lib/main.mjs';
import { repository } from './lib/prepare.mjs';

/** @typedef {import('./lib/bench/report.mjs').Result} Result */

const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

await main(async (signal) => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const { rounds, only, full, write, json } = options;
  const context = await prepareContext({ signal, say });
  try {
    const run = await describeRun(context, options);
    const results = /** @type {Result[]} */ ([]);
    const failed = [];
    for (const suite of select(only, full)) {
      try {
        await runSuite(suite, context, { rounds, add: (result) => results.push(result) });
      } catch (error) {
        // What comes after it in the suite would find trees that are not as it takes them to be; other suites do not.
        if (!(error instanceof SetupError)) throw error;
        say(`FAILED ${suite.name}: ${error.message}`);
        failed.push(suite.name);
      }
      // After each: all of them take an hour.
      if (write) publish(join(repository, 'docs'), results, run);
    }
    process.stdout.write(markdown(run, results));
    if (json !== undefined) writeFileSync(resolve(json), `${JSON.stringify({ run, results }, undefined, 2)}\n`);
    if (failed.length > 0)
      throw new SetupError('failed', `not all was measured: ${failed.join(', ')} failed, see above`);
  } finally {
    removeAll(context.workspace.directory);
  }
  return 0;
});

/**
 * @param {import('./lib/bench/scenario.mjs').Suite} suite
 * @param {import('./lib/bench/context.mjs').Context} context
 * @param {{ rounds: number, add: (result: Result) => void }} options
 */
async function runSuite({ name, project, scenarios }, context, { rounds, add }) {
  const { signal } = context;
  const site = openSite(await project(context), context);
  try {
    for (const { name: part, title, references, leftOut, most, run } of scenarios) {
      const scenario = `${name}/${part}`;
      const times = { warmups: Math.min(1, most?.warmups ?? 1), rounds: Math.min(rounds, most?.rounds ?? rounds) };
      const start = performance.now();
      const measured = await run(site, (contenders) => {
        say(`${scenario}: ${contenders.map((each) => each.name).join(', ')}; set up in ${seconds(start)}`);
        return measure(contenders, { ...times, signal });
      });
      say(`${scenario}: done in ${seconds(start)}`);
      add({ scenario, project: site.project.title, units: site.project.units, title, references, leftOut, measured });
    }
  } finally {
    site.close();
  }
}
