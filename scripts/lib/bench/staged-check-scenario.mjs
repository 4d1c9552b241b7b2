import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../main.mjs';
import { gitIn } from './git.mjs';
import { makenix } from './makenix-place.mjs';
import { timed } from './stopwatch.mjs';

/**
 * `makenix generate --check --staged`, what a pre-commit hook runs: on an index that is as it was, and with one source
 * staged since. Whole processes; it needs no Nix, and nobody else does the same.
 *
 * @type {import('./scenario.mjs').Scenario}
 */
export const stagedCheck = {
  name: 'staged-check',
  title: 'generate --check --staged, whole process',
  run: async ({ project, context, fresh, original: textOf }, measured) => {
    const { env, signal } = context;
    const tree = fresh('staged-check');
    project.write(tree);
    const { file, original } = textOf(project.leaf);
    const git = gitIn(tree, context);
    const run = (/** @type {string[]} */ ...args) =>
      timed(process.execPath, [makenix, 'generate', '-C', tree, '--toolchain', 'host', ...args], { env, signal });
    await run();
    await git('init', '--quiet');
    await git('add', '--all');
    const check = async () => {
      // It ends with another code where the expression is not what the index gives.
      const { ms } = await run('--check', '--staged').catch(() => {
        throw new SetupError('failed', 'makenix takes a true expression for stale');
      });
      return { ms };
    };
    await check();
    return measured([
      { name: 'unchanged', round: check },
      {
        name: 'one source staged',
        round: async (round) => {
          writeFileSync(join(tree, file), `${original}\nint bench_edit_${round};\n`, 'latin1');
          await git('add', file);
          return check();
        },
      },
    ]);
  },
};
