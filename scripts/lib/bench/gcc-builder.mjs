import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runNinja, writeNinjaTree } from './ninja-builder.mjs';
import { arArguments, ccArguments, linkArguments } from './project.mjs';
import { now, timed } from './stopwatch.mjs';

/**
 * The limit: someone who knows which one unit has changed and runs the compiler, the archiver and the linker for it,
 * one after the other, without looking at anything.
 *
 * @param {import('./project.mjs').Project} project
 * @param {string} tree does not exist yet
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<import('./builder.mjs').Builder>}
 */
export async function gccBuilder(project, tree, context) {
  // The other objects have to come from somewhere.
  writeNinjaTree(project, tree);
  await runNinja(project, tree, context);

  const { env, signal } = context;
  const recipe = project.recipe(tree);
  const compile = recipe.compiles.find(({ source }) => source === project.leaf);
  if (compile === undefined) throw new Error(`${project.leaf} is not among the units of ${project.name}`);
  const archives = recipe.archives.filter(({ objects }) => objects.includes(compile.object));
  const run = async (/** @type {string} */ tool, /** @type {readonly string[]} */ args) =>
    (await timed(tool, args, { cwd: tree, env, signal })).ms;
  return {
    name: 'raw gcc',
    tree,
    program: () => readFileSync(join(tree, recipe.link.file)),
    afterSave: async (save) => {
      const start = now();
      save();
      const compiled = await run('cc', ccArguments(recipe, compile));
      let archived = 0;
      for (const archive of archives) {
        rmSync(join(tree, archive.file));
        archived += await run('ar', arArguments(archive));
      }
      const linked = await run('cc', linkArguments(recipe.link));
      const parts = { compile: compiled, ...(archives.length === 0 ? {} : { archive: archived }), link: linked };
      return { ms: now() - start, parts };
    },
  };
}
