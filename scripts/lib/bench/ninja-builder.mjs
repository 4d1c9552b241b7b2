import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ninjaFile } from './ninja-file.mjs';
import { now, timed } from './stopwatch.mjs';

/**
 * Writes a tree with its build.ninja and builds nothing.
 *
 * @param {import('./project.mjs').Project} project
 * @param {string} tree
 */
export function writeNinjaTree(project, tree) {
  project.write(tree);
  writeFileSync(join(tree, 'build.ninja'), ninjaFile(project.recipe(tree), project.target));
}

/**
 * One run of ninja for the program.
 *
 * @param {import('./project.mjs').Project} project
 * @param {string} tree
 * @param {import('./context.mjs').Context} context
 */
export const runNinja = ({ target }, tree, { env, jobs, signal }) =>
  timed('ninja', ['-j', String(jobs), target], { cwd: tree, env, signal });

/**
 * @param {import('./project.mjs').Project} project
 * @param {string} tree built by ninja
 * @param {import('./context.mjs').Context} context
 * @returns {import('./builder.mjs').Builder}
 */
export function ninjaBuilder(project, tree, context) {
  const program = join(tree, project.recipe(tree).link.file);
  return {
    name: 'ninja',
    tree,
    program: () => readFileSync(program),
    afterSave: async ({ save }) => {
      const start = now();
      await save();
      await runNinja(project, tree, context);
      return { ms: now() - start };
    },
  };
}
