import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nixOptions } from './nix-options.mjs';
import { now, timed } from './stopwatch.mjs';

/** What it is called in results. */
export const nixName = 'plain nix build';

/**
 * Plain `nix build` of the expression that makenix has generated, with the options makenix gives it: for edits that
 * leave the expression as it is.
 *
 * @param {import('./project.mjs').Project} project
 * @param {import('./makenix-place.mjs').MakenixPlace} place built by makenix, and left alone by it from now on
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<import('./builder.mjs').Builder>}
 */
export async function nixBuilder(project, { tree, store }, context) {
  const args = await generatedArguments(project, store, context);
  return plainNixBuild({ name: nixName, tree, store, args, program: join('bin', project.target) }, context);
}

/**
 * One run of it, in a store that may have nothing.
 *
 * @param {import('./project.mjs').Project} project
 * @param {{ tree: string, store: string }} place with what makenix generates in its tree
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<{ ms: number, program: Buffer }>}
 */
export async function nixBuildOnce(project, { tree, store }, context) {
  const args = await generatedArguments(project, store, context);
  const { ms, output } = await nixBuild({ tree, args }, context);
  return { ms, program: readFileSync(join(store, output, 'bin', project.target)) };
}

/**
 * @param {import('./project.mjs').Project} project
 * @param {string} store
 * @param {import('./context.mjs').Context} context
 */
async function generatedArguments({ target }, store, context) {
  const packages = ['--arg', 'pkgs', 'import ./.makenix/host.nix { }'];
  return [...(await nixOptions({ store, ...context })), '-f', 'derivation.nix', ...packages, target];
}

/**
 * @param {{ tree: string, args: readonly string[] }} options
 * @param {Pick<import('./context.mjs').Context, 'env' | 'signal'>} context
 */
async function nixBuild({ tree, args }, { env, signal }) {
  // No link: with `--store DIR`, nix refuses to replace its own.
  const command = ['build', ...args, '--no-link', '--print-out-paths'];
  const { ms, stdout } = await timed('nix', command, { cwd: tree, env, signal });
  return { ms, output: stdout.trim() };
}

/**
 * `nix build` after each save, and once before the first: what is left to build, a helper perhaps, is no edit's.
 *
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.tree
 * @param {string} options.store
 * @param {readonly string[]} options.args
 * @param {string} options.program where in the output; empty where the output is the program, or a link to it
 * @param {Pick<import('./context.mjs').Context, 'env' | 'signal'>} context
 * @returns {Promise<import('./builder.mjs').Builder>}
 */
export async function plainNixBuild({ name, tree, store, args, program }, context) {
  const read = (/** @type {string} */ output) => readFileSync(join(store, output, program));
  let current = read((await nixBuild({ tree, args }, context)).output);
  return {
    name,
    tree,
    program: () => current,
    afterSave: async ({ save }) => {
      const start = now();
      await save();
      const { output } = await nixBuild({ tree, args }, context);
      const ms = now() - start;
      current = read(output);
      return { ms };
    },
  };
}
