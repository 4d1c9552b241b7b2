import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { checkNode, checkCompiler, compile, installPackages } from '../prepare.mjs';
import { ensureNix } from '../nix-prefix.mjs';
import { which } from '../run.mjs';
import { SetupError } from '../main.mjs';
import { makeWorkspace } from './workspace.mjs';

/**
 * What is the same for everything a run measures.
 *
 * @typedef {object} Context
 * @property {import('./workspace.mjs').Workspace} workspace
 * @property {NodeJS.ProcessEnv} env with Nix on PATH
 * @property {string} nixPrefix which has bin/nix
 * @property {number} jobs how many compilers may run at once, for all alike
 * @property {AbortSignal} signal
 * @property {(line: string) => void} say
 */

/**
 * @param {Pick<Context, 'signal' | 'say'>} options
 * @returns {Promise<Context>}
 */
export async function prepareContext({ signal, say }) {
  checkNode();
  checkCompiler(['gcc']);
  if (which('ninja') === undefined) {
    throw new SetupError('unsupported', 'ninja, to compare with, not found; try: apt-get install ninja-build');
  }
  await installPackages({ signal, say });
  await compile({ signal, say });
  const nix = await ensureNix({ version: 'any', signal, say });
  const workspace = await makeWorkspace(signal);
  // A compiler cache would answer for ninja and gcc. makenix passes it over too: no sandbox would see it.
  const path = (nix.env.PATH ?? '').split(delimiter).filter((directory) => !directory.includes('ccache'));
  const env = {
    ...process.env,
    ...nix.env,
    PATH: path.join(delimiter),
    // The compiler's intermediate files: in a sandbox they are on the store's file system.
    TMPDIR: join(workspace.directory, 'tmp'),
  };
  const nixPrefix = nix.prefix ?? dirname(dirname(which('nix') ?? ''));
  return { workspace, env, nixPrefix, jobs: availableParallelism(), signal, say };
}
