import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../main.mjs';
import { mustRun } from '../run.mjs';
import { gccBuilder } from './gcc-builder.mjs';
import { helloProject } from './hello.mjs';
import { makenixPlace, storeOf } from './makenix-place.mjs';
import { ninjaBuilder, runNinja, writeNinjaTree } from './ninja-builder.mjs';
import { nixBuilder } from './nix-builder.mjs';
import { removeAll } from './workspace.mjs';

/** @typedef {import('./makenix-place.mjs').MakenixPlace} MakenixPlace */
/** @typedef {import('./builder.mjs').Builder} Builder */

/**
 * One project's part of the workspace, with a tree for each that takes part (and a store, for those who have one): nobody
 * finds what another has built. What scenarios share is made when the first of them asks for it, since a first build of a
 * large project takes longer than all that is measured; so stores are copies of one, which nobody works in, and so are the
 * trees that ninja has built.
 *
 * @typedef {object} Site
 * @property {import('./project.mjs').Project} project
 * @property {import('./context.mjs').Context} context
 * @property {(file: string) => { file: string, original: string }} original a file's text as it came, a character a byte
 * @property {Readonly<Record<import('./makenix-place.mjs').Engine, () => Promise<MakenixPlace>>>} makenix built
 * @property {() => Promise<Builder>} nix
 * @property {() => Promise<Builder>} ninja
 * @property {() => Promise<Builder>} gcc
 * @property {() => Promise<MakenixPlace>} built nobody works in it
 * @property {() => Promise<string>} used a store in which another project was built, and nothing of this one
 * @property {(store: string, place: string) => Promise<void>} copyStore into the directory of a place that is not there yet
 * @property {(name: string) => string} fresh a path where nothing is
 * @property {() => void} close
 */

/**
 * @param {import('./project.mjs').Project} project
 * @param {import('./context.mjs').Context} context
 * @returns {Site}
 */
export function openSite(project, context) {
  const { say, signal, workspace } = context;
  const directory = join(workspace.directory, project.name);
  mkdirSync(directory);
  let serial = 0;
  const fresh = (/** @type {string} */ name) => join(directory, `${name}-${serial++}`);
  const pristine = once(() => {
    const tree = fresh('pristine');
    project.write(tree);
    return tree;
  });
  const built = once(async () => {
    say(`${project.name}: first build by makenix`);
    const place = makenixPlace(project, fresh('built'), context);
    await place.build();
    return place;
  });
  const used = once(async () => {
    const other = makenixPlace(helloProject(), fresh('used'), context);
    await other.build();
    return other.store;
  });
  // With the times of files, which ninja goes by.
  const copy = (/** @type {string} */ from, /** @type {string} */ to) => mustRun('cp', ['-a', from, to], { signal });
  const copyStore = async (/** @type {string} */ store, /** @type {string} */ place) => {
    mkdirSync(place);
    await copy(store, storeOf(place));
  };
  const copied = async (/** @type {string} */ name, /** @type {import('./makenix-place.mjs').Engine} */ engine) => {
    const { store } = await built();
    const copy = fresh(name);
    await copyStore(store, copy);
    const place = makenixPlace(project, copy, context, { engine });
    const { cycle } = await place.build();
    if (cycle.outcome === 'failed') throw new SetupError('failed', `makenix does not build ${project.name}`);
    return place;
  };
  const firstByNinja = once(async () => {
    say(`${project.name}: first build by ninja`);
    const tree = fresh('built-by-ninja');
    writeNinjaTree(project, tree);
    await runNinja(project, tree, context);
    return tree;
  });
  const builtByNinja = async (/** @type {string} */ name) => {
    const tree = fresh(name);
    await copy(await firstByNinja(), tree);
    return tree;
  };
  return {
    project,
    context,
    original: (file) => ({ file, original: readFileSync(join(pristine(), file), 'latin1') }),
    makenix: {
      daemon: once(() => copied('makenix', 'daemon')),
      cli: once(() => copied('makenix-cli', 'cli')),
    },
    nix: once(async () => nixBuilder(project, await copied('nix', 'daemon'), context)),
    ninja: once(async () => ninjaBuilder(project, await builtByNinja('ninja'), context)),
    gcc: once(async () => gccBuilder(project, await builtByNinja('gcc'), context)),
    built,
    used,
    copyStore,
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
