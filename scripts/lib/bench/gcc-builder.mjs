import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { objectsByFile } from './ninja-deps.mjs';
import { arArguments, ccArguments, linkArguments } from './project.mjs';
import { now, timed } from './stopwatch.mjs';

/** @typedef {import('./project.mjs').Compile} Compile */

/**
 * The limit: someone who knows which units a change is of and runs the compiler for them, as many at once as the others
 * do, then the archiver and the linker, without looking at anything.
 *
 * @param {import('./project.mjs').Project} project
 * @param {string} tree built by ninja: the other objects have to come from somewhere, and so has the knowledge
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<import('./builder.mjs').Builder>}
 */
export async function gccBuilder(project, tree, context) {
  const { env, signal } = context;
  const { stdout } = await timed('ninja', ['-t', 'deps'], { cwd: tree, env, signal });
  const objects = objectsByFile(stdout);

  const recipe = project.recipe(tree);
  const unitsOf = (/** @type {readonly string[]} */ files) => {
    const anew = new Set(files.flatMap((file) => objects.get(file) ?? []));
    if (anew.size === 0) throw new Error(`nothing of ${project.name} is made from ${files.join(', ')}`);
    return recipe.compiles.filter(({ object }) => anew.has(object));
  };
  return {
    name: 'raw gcc',
    tree,
    program: () => readFileSync(join(tree, recipe.link.file)),
    afterSave: async ({ save, files }) => {
      const units = unitsOf(files);
      const start = now();
      await save();
      const sample = await compileAndLink(recipe, units, tree, context);
      return { ...sample, ms: now() - start };
    },
  };
}

/**
 * Everything, from sources alone.
 *
 * @param {import('./project.mjs').Project} project
 * @param {string} tree written, with nothing built in it
 * @param {import('./context.mjs').Context} context
 */
export async function compileEverything(project, tree, context) {
  const recipe = project.recipe(tree);
  const start = now();
  for (const directory of new Set(recipe.compiles.map(({ object }) => dirname(object)))) {
    mkdirSync(join(tree, directory), { recursive: true });
  }
  const sample = await compileAndLink(recipe, recipe.compiles, tree, context);
  return { ...sample, ms: now() - start };
}

/**
 * @param {import('./project.mjs').Recipe} recipe
 * @param {readonly Compile[]} units
 * @param {string} tree
 * @param {import('./context.mjs').Context} context
 */
async function compileAndLink(recipe, units, tree, { env, jobs, signal }) {
  const run = async (/** @type {string} */ tool, /** @type {readonly string[]} */ args) =>
    (await timed(tool, args, { cwd: tree, env, signal })).ms;
  const begun = now();
  const waiting = units.values();
  const worker = async () => {
    for (const unit of waiting) await run('cc', ccArguments(unit));
  };
  await Promise.all(Array.from({ length: Math.min(jobs, units.length) }, worker));
  const compile = now() - begun;

  const anew = new Set(units.map(({ object }) => object));
  const archives = recipe.archives.filter(({ objects }) => objects.some((object) => anew.has(object)));
  let archive = 0;
  for (const each of archives) {
    rmSync(join(tree, each.file), { force: true });
    archive += await run('ar', arArguments(each));
  }
  const link = await run(recipe.link.tool, linkArguments(recipe.link));
  const parts = { compile, ...(archives.length === 0 ? {} : { archive }), link };
  return { parts, steps: units.length + archives.length + 1 };
}
