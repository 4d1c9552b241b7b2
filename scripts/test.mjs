/**
 * Every test, on whatever it takes: packages, a compiled makenix, the oldest and the newest Nix it works with.
 *
 *     npm test [-- FILTER… | vitest option…]
 *
 * First the unit tests, then the end-to-end tests once for each Nix, with MAKENIX_TEST_NIX saying which; where pre-commit,
 * lefthook and husky are, MAKENIX_TEST_FRAMEWORKS says. The last line sums up all runs: `N passed, N failed`.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFrameworks } from './lib/hook-frameworks.mjs';
import { main, seconds, SetupError } from './lib/main.mjs';
import { ensureNix } from './lib/nix-prefix.mjs';
import { checkCompiler, checkNode, compile, installPackages, repository } from './lib/prepare.mjs';
import { runVitest } from './lib/vitest.mjs';

const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

await main(async (signal) => {
  const args = process.argv.slice(2);
  checkNode();
  checkCompiler(['gcc', 'g++']);
  const [nixes, frameworks] = await Promise.all([
    needsNix(args) ? provideNixes(signal) : [],
    needsNix(args) ? provideFrameworks(signal) : {},
    installPackages({ signal, say }).then(() => compile({ signal, say })),
  ]);

  const runs = [
    { name: 'unit', project: /** @type {const} */ ('unit'), env: {}, filters: [] },
    ...nixes.map(({ series, nix }) => ({
      name: `end to end, Nix ${nix.version}`,
      project: /** @type {const} */ ('e2e'),
      env: { ...nix.env, ...frameworks, MAKENIX_TEST_NIX: series },
      filters: [],
    })),
    // What builds does so by either engine, and to the same end.
    ...nixes.slice(0, 1).map(({ series, nix }) => ({
      name: `end to end, Nix ${nix.version}, by nix build`,
      project: /** @type {const} */ ('e2e'),
      env: { ...nix.env, ...frameworks, MAKENIX_TEST_NIX: series, MAKENIX_TEST_ENGINE: 'cli' },
      filters: args.length === 0 ? ['src/build/', 'src/watch/'] : [],
    })),
  ];
  const total = { passed: 0, failed: 0 };
  const summary = [];
  for (const { name, project, env, filters } of runs) {
    const start = performance.now();
    say(`\n=== ${name}`);
    const { passed, failed, unrun, failures } = await runVitest({ project, args: [...args, ...filters], env, signal });
    total.passed += passed;
    total.failed += failed;
    summary.push(`${name}: ${passed} passed, ${failed} failed, ${unrun} not run (${seconds(start)})`);
    // Again at the end: the log of a whole run is long, and often only its last lines are kept.
    summary.push(...failures.map((each) => `  failed: ${each}`));
  }
  const none = total.passed + total.failed === 0;
  if (none) summary.push(`no test matches ${args.join(' ')}`);
  say(`\n${summary.join('\n')}\n${total.passed} passed, ${total.failed} failed`);
  return none || total.failed > 0 ? 1 : 0;
});

/**
 * Whether an end-to-end test is among what the arguments ask for. Vitest takes a filter for a part of a file's path.
 *
 * @param {readonly string[]} args
 */
function needsNix(args) {
  const takesValue = new Set(['-t', '--testNamePattern']);
  const filters = args.filter((arg, i) => !arg.startsWith('-') && !takesValue.has(args[i - 1] ?? ''));
  const files = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.e2e.test.ts'))
    .map((name) => join(repository, 'src', name));
  return files.some((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
}

/**
 * Both Nixes; or, on a developer's machine where none can be fetched, the one that is there. Never none: a run without
 * the end-to-end tests would look like a run that passed them.
 *
 * @param {AbortSignal} signal
 */
async function provideNixes(signal) {
  const provide = async (/** @type {import('./lib/nix-prefix.mjs').NixSeries} */ series) => ({
    series: /** @type {string} */ (series),
    nix: await ensureNix({ version: series, signal, say }),
  });
  try {
    return await Promise.all([provide('2.34'), provide('2.26')]);
  } catch (error) {
    const mayFallBack = error instanceof SetupError && error.kind === 'unsupported' && process.env.CI !== 'true';
    if (!mayFallBack) throw error;
    const nix = await ensureNix({ version: 'any', signal, say });
    say(`${error.message}\nOnly the Nix on PATH, ${nix.version}, is tested with.`);
    return [{ series: nix.version.split('.').slice(0, 2).join('.'), nix }];
  }
}

/**
 * Frameworks for hooks; on a developer's machine where they cannot be fetched, none: then their tests fail, and the others
 * run.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<Record<string, string>>}
 */
async function provideFrameworks(signal) {
  try {
    return { MAKENIX_TEST_FRAMEWORKS: await ensureFrameworks({ signal, say }) };
  } catch (error) {
    if (!(error instanceof SetupError) || error.kind !== 'unsupported' || process.env.CI === 'true') throw error;
    say(error.message);
    return {};
  }
}
