/** The frameworks that run hooks for people, to be tested with: pre-commit, lefthook and husky. */
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { cacheDirectory } from './cache-dir.mjs';
import { seconds } from './main.mjs';
import { ensurePreCommit } from './pre-commit.mjs';
import { mustRun } from './run.mjs';
import { makeWholeDirectory } from './whole-directory.mjs';

/**
 * From npm, and yet no `devDependencies`: lefthook's install script writes a lefthook.yml and a hook into the repository
 * that it is installed in, which would be ours.
 */
const packages = ['husky@9.1.7', 'lefthook@2.2.2'];

/**
 * @param {{ signal: AbortSignal, say: (line: string) => void }} options
 * @returns {Promise<string>} what to put in front of a PATH on which the three are to be
 */
export async function ensureFrameworks({ signal, say }) {
  const directories = await Promise.all([
    ensurePreCommit({ signal, say }).then(dirname),
    ensureNpmPackages({ signal, say }),
  ]);
  return directories.join(delimiter);
}

/** @param {{ signal: AbortSignal, say: (line: string) => void }} options */
async function ensureNpmPackages({ signal, say }) {
  const directory = join(cacheDirectory(), 'frameworks', packages.join('+'));
  const programs = join(directory, 'node_modules/.bin');
  if (existsSync(programs)) return programs;
  const start = performance.now();
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await makeWholeDirectory(
    directory,
    async (temporary) => {
      await mustRun('npm', ['install', '--prefix', temporary, ...flags, ...packages], { signal, cwd: temporary });
    },
    () => existsSync(programs),
  );
  say(`${packages.join(' and ')}: fetched from npm, once (${seconds(start)})`);
  return programs;
}
