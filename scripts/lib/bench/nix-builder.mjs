import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nixOptions } from './nix-options.mjs';
import { now, timed } from './stopwatch.mjs';

/**
 * Plain `nix build` of the expression that makenix has generated, with the options makenix gives it: for edits that
 * leave the expression as it is.
 *
 * @param {import('./project.mjs').Project} project
 * @param {import('./makenix-place.mjs').MakenixPlace} place built by makenix, and left alone by it from now on
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<import('./builder.mjs').Builder>}
 */
export async function nixBuilder({ target }, { tree, store }, context) {
  const packages = ['--arg', 'pkgs', 'import ./.makenix/host.nix { }'];
  const args = [...(await nixOptions({ store, ...context })), '-f', 'derivation.nix', ...packages, target];
  return plainNixBuild({ name: 'plain nix build', tree, store, args, program: join('bin', target) }, context);
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
export async function plainNixBuild({ name, tree, store, args, program }, { env, signal }) {
  const build = async () => {
    // No link: with `--store DIR`, nix refuses to replace its own.
    const command = ['build', ...args, '--no-link', '--print-out-paths'];
    const { stdout } = await timed('nix', command, { cwd: tree, env, signal });
    return stdout.trim();
  };
  const read = (/** @type {string} */ output) => readFileSync(join(store, output, program));
  let current = read(await build());
  return {
    name,
    tree,
    program: () => current,
    afterSave: async (save) => {
      const start = now();
      save();
      const output = await build();
      const ms = now() - start;
      current = read(output);
      return { ms };
    },
  };
}
