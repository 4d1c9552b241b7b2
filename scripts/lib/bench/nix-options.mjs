import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from '../prepare.mjs';

/**
 * The options that makenix gives `nix build` with this machine's own compiler and a store that nobody else uses.
 *
 * @param {object} options
 * @param {string} options.store
 * @param {number} options.jobs
 * @param {readonly string[]} [options.features] experimental features beyond those of every build
 * @param {readonly string[]} [options.visible] what the sandbox has to see besides the toolchain; what lies below the
 *   toolchain's directories may be among it
 * @returns {Promise<readonly string[]>}
 */
export async function nixOptions({ store, jobs, features = [], visible = [] }) {
  /** @type {typeof import('../../../src/nix/nix-command.ts')} */
  const { commonArguments } = await fromDist('nix/nix-command.js');
  /** @type {typeof import('../../../src/nix/host-toolchain.ts')} */
  const { hostSandboxPaths } = await fromDist('nix/host-toolchain.js');
  const isSeen = (/** @type {string} */ path) =>
    hostSandboxPaths.some((seen) => `${path}/`.startsWith(`${seen.replace(/\?$/, '')}/`));
  const options = commonArguments({
    program: 'nix',
    store,
    isPrivate: true,
    substitutes: false,
    addressing: 'content',
    features,
    sandboxPaths: [...hostSandboxPaths, ...visible.filter((path) => !isSeen(path))],
    jobs,
  });
  return [...options, '--max-jobs', String(jobs)];
}

/** @param {string} path */
const fromDist = (path) => import(pathToFileURL(join(repository, 'dist', path)).href);
