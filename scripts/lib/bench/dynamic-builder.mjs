import { makenix } from './makenix-place.mjs';
import { plainNixBuild } from './nix-builder.mjs';
import { nixOptions } from './nix-options.mjs';
import { timed } from './stopwatch.mjs';

/**
 * Plain `nix build` of what `makenix init --dynamic` writes: Nix scans, derives and builds by itself, makenix takes no
 * part in it. What it builds is the program's own link, as without the name of a target.
 *
 * @param {import('./makenix-place.mjs').MakenixPlace} place built by makenix in dynamic mode, which leaves the `pkgs` set
 *   of this machine behind, and which fills the store by groups; left alone by it from now on
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<import('./builder.mjs').Builder>}
 */
export async function dynamicBuilder({ tree, store }, context) {
  const { env, signal } = context;
  await timed(process.execPath, [makenix, 'init', '--dynamic', '--toolchain', 'host', '-C', tree], { env, signal });
  const features = ['dynamic-derivations'];
  const options = await nixOptions({ store, jobs: context.jobs, features, visible: [process.execPath] });
  const args = [...options, '-f', 'default.nix', '--arg', 'pkgs', 'import ./.makenix/dynamic-host.nix { }'];
  return plainNixBuild({ name: 'dynamic', tree, store, args, program: '' }, context);
}
