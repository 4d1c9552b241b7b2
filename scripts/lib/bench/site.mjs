import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gccBuilder } from './gcc-builder.mjs';
import { makenixPlace } from './makenix-place.mjs';
import { ninjaBuilder } from './ninja-builder.mjs';
import { nixBuilder } from './nix-builder.mjs';
import { removeAll } from './workspace.mjs';

/**
 * One project's part of the workspace, with a tree for each that takes part (and a store, for those who have one): nobody
 * finds what another has built. What scenarios share is made when the first of them asks for it, since a first build of a
 * large project takes longer than all that is measured.
 *
 * @typedef {object} Site
 * @property {import('./project.mjs').Project} project
 * @property {import('./context.mjs').Context} context
 * @property {() => { leaf: string, original: string }} unit the one to edit, and its text as it came
 * @property {() => Promise<import('./makenix-place.mjs').MakenixPlace>} makenix built
 * @property {() => Promise<import('./builder.mjs').Builder>} nix
 * @property {() => Promise<import('./builder.mjs').Builder>} ninja
 * @property {() => Promise<import('./builder.mjs').Builder>} gcc
 * @property {(name: string) => string} fresh a path where nothing is
 * @property {() => void} close
 */

/**
 * @param {import('./project.mjs').Project} project
 * @param {import('./context.mjs').Context} context
 * @returns {Site}
 */
export function openSite(project, context) {
  const directory = join(context.workspace.directory, project.name);
  mkdirSync(directory);
  let serial = 0;
  const fresh = (/** @type {string} */ name) => join(directory, `${name}-${serial++}`);
  const built = async () => {
    context.say(`${project.name}: first build by makenix`);
    const place = makenixPlace(project, fresh('makenix'), context);
    await place.build();
    return place;
  };
  return {
    project,
    context,
    unit: once(() => {
      const pristine = fresh('pristine');
      project.write(pristine);
      return { leaf: project.leaf, original: readFileSync(join(pristine, project.leaf), 'utf8') };
    }),
    makenix: once(built),
    nix: once(async () => nixBuilder(project, await built(), context)),
    ninja: once(() => ninjaBuilder(project, fresh('ninja'), context)),
    gcc: once(() => gccBuilder(project, fresh('gcc'), context)),
    fresh,
    close: () => removeAll(directory),
  };
}

/**
 * @template T
 * @param {() => T} make
 * @returns {() => T}
 */
function once(make) {
  /** @type {{ value: T } | undefined} */
  let made;
  return () => (made ??= { value: make() }).value;
}
