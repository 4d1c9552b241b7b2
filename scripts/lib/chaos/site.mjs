import { join } from 'node:path';
import { repository } from '../prepare.mjs';

/**
 * Where chaos reigns, and with what: a directory that is removed afterwards, and an environment with Nix in it.
 *
 * @typedef {{ directory: string, env: NodeJS.ProcessEnv, signal: AbortSignal, say: (line: string) => void }} Site
 */

export const makenix = join(repository, 'bin/makenix.js');

/**
 * @param {string} tree
 * @param {string} store
 */
export function placeOptions(tree, store) {
  return ['-C', tree, '--store', store, '--toolchain', 'host'];
}
