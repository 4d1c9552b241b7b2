import { timed } from './stopwatch.mjs';

/**
 * Git in a tree, with nobody's settings.
 *
 * @param {string} tree
 * @param {Pick<import('./context.mjs').Context, 'env' | 'signal'>} context
 */
export function gitIn(tree, { env: given, signal }) {
  const who = { GIT_AUTHOR_NAME: 'bench', GIT_AUTHOR_EMAIL: 'bench@example.org' };
  const env = {
    ...given,
    ...who,
    GIT_COMMITTER_NAME: who.GIT_AUTHOR_NAME,
    GIT_COMMITTER_EMAIL: who.GIT_AUTHOR_EMAIL,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
  };
  return (/** @type {string[]} */ ...args) => timed('git', args, { cwd: tree, env, signal });
}
