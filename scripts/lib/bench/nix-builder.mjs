import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from '../prepare.mjs';
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
export async function nixBuilder(project, { tree, store, program }, { env, jobs, signal }) {
  const built = await buildArguments(store, jobs);
  let output = program();
  return {
    name: 'plain nix build',
    tree,
    program: () => output,
    afterSave: async (save) => {
      const start = now();
      save();
      const { stdout } = await timed('nix', [...built, project.target], { cwd: tree, env, signal });
      const ms = now() - start;
      // No link: with `--store DIR`, nix refuses to replace its own.
      output = readFileSync(join(store, stdout.trim(), 'bin', project.target));
      return { ms };
    },
  };
}

/**
 * @param {string} store
 * @param {number} jobs
 */
async function buildArguments(store, jobs) {
  /** @type {typeof import('../../../src/nix/nix-command.ts')} */
  const { commonArguments } = await fromDist('nix/nix-command.js');
  /** @type {typeof import('../../../src/nix/host-toolchain.ts')} */
  const { hostSandboxPaths } = await fromDist('nix/host-toolchain.js');
  const options = commonArguments({
    program: 'nix',
    store,
    isPrivate: true,
    substitutes: false,
    addressing: 'content',
    sandboxPaths: hostSandboxPaths,
    jobs,
  });
  const packages = ['--arg', 'pkgs', 'import ./.makenix/host.nix { }'];
  const output = ['--no-link', '--print-out-paths', '--max-jobs', String(jobs)];
  return ['build', ...options, '-f', 'derivation.nix', ...packages, ...output];
}

/** @param {string} path */
const fromDist = (path) => import(pathToFileURL(join(repository, 'dist', path)).href);
