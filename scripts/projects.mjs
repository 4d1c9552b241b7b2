/**
 * The proof on projects as they are: each is fetched, configured by its own means, imported by makenix while it builds
 * itself, built by makenix, tried, edited, and held against what its own build makes anew.
 *
 *     npm run projects [-- NAME… | --rounds N | --own | --work DIR | --write]
 *
 * `--own`: only what the projects do by themselves. `--work DIR`: where to work, and what is there stays; otherwise a
 * temporary directory that is removed. `--write`: the rows go into the table of README.md, between its two markers.
 * Says on standard error what it does, and prints the table to standard output.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { removeAll } from './lib/bench/workspace.mjs';
import { main, SetupError } from './lib/main.mjs';
import { ensureNix } from './lib/nix-prefix.mjs';
import { checkCompiler, checkNode, compile, installPackages, repository } from './lib/prepare.mjs';
import { projects } from './lib/projects/definitions.mjs';
import { hasImport } from './lib/projects/makenix-place.mjs';
import { runProject } from './lib/projects/project-run.mjs';
import { betweenMarkers, table, updatedTable } from './lib/projects/report.mjs';

const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

await main(async (signal) => {
  const { chosen, rounds, ownOnly, work, write } = readOptions(process.argv.slice(2));
  checkNode();
  checkCompiler(['gcc']);
  const env = ownOnly ? withoutCache(process.env) : await prepare(signal);
  const directory = work ?? mkdtempSync(join(tmpdir(), 'makenix-projects-'));
  mkdirSync(directory, { recursive: true });
  const rows = /** @type {import('./lib/projects/report.mjs').Row[]} */ ([]);
  const failures = [];
  try {
    for (const project of chosen) {
      const place = join(directory, project.name);
      if (existsSync(place)) removeAll(place);
      try {
        rows.push(await runProject(project, { directory: place, env, rounds, ownOnly, signal, say }));
      } catch (error) {
        // One that cannot be had, or fails, does not keep the others from being tried.
        if (!(error instanceof SetupError)) throw error;
        say(`FAILED ${project.name}: ${error.message}`);
        failures.push(project.name);
      }
      if (work === undefined && existsSync(place)) removeAll(place);
    }
  } finally {
    if (work === undefined) removeAll(directory);
  }
  const text = table(rows);
  process.stdout.write(text);
  if (failures.length > 0) throw new SetupError('failed', `failed: ${failures.join(', ')}`);
  if (write) {
    const readme = join(repository, 'README.md');
    const before = readFileSync(readme, 'utf8');
    const titles = projects.map(({ title }) => title);
    writeFileSync(readme, betweenMarkers(before, updatedTable(before, rows, titles)));
  }
  return 0;
});

/**
 * @param {AbortSignal} signal
 * @returns {Promise<NodeJS.ProcessEnv>} with Nix on the PATH
 */
async function prepare(signal) {
  await installPackages({ signal, say });
  await compile({ signal, say });
  if (!(await hasImport(signal)))
    throw new SetupError('unsupported', 'this makenix has no `import`; --own does without');
  const nix = await ensureNix({ version: 'any', signal, say });
  return withoutCache({ ...process.env, ...nix.env });
}

/**
 * A compiler cache would answer for the projects' own builds.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
function withoutCache(env) {
  const path = (env.PATH ?? '').split(delimiter).filter((directory) => !directory.includes('ccache'));
  return { ...env, PATH: path.join(delimiter) };
}

/** @param {string[]} args */
function readOptions(args) {
  const options = /** @type {const} */ ({
    rounds: { type: 'string', default: '3' },
    own: { type: 'boolean', default: false },
    work: { type: 'string' },
    write: { type: 'boolean', default: false },
  });
  const { values, positionals } = parse(() => parseArgs({ args, options, allowPositionals: true }));
  const known = projects.map(({ name }) => name);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new SetupError('failed', `${unknown} is not one of ${known.join(', ')}`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new SetupError('failed', `--rounds ${values.rounds}: a number above 0 is needed`);
  }
  if (values.write && values.own) throw new SetupError('failed', '--write is for what makenix does, too');
  return {
    chosen: projects.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
    rounds,
    ownOnly: values.own,
    work: values.work === undefined ? undefined : resolve(values.work),
    write: values.write,
  };
}

/**
 * @template T
 * @param {() => T} read
 * @returns {T}
 */
function parse(read) {
  try {
    return read();
  } catch (error) {
    throw error instanceof TypeError ? new SetupError('failed', error.message) : error;
  }
}
