import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildNames } from './contenders.mjs';
import { compileEverything } from './gcc-builder.mjs';
import { makenixPlace, storeOf } from './makenix-place.mjs';
import { nixBuildOnce, nixName } from './nix-builder.mjs';
import { runNinja, writeNinjaTree } from './ninja-builder.mjs';
import { sameProgram } from './same-program.mjs';
import { removeAll } from './workspace.mjs';

/** @typedef {import('./site.mjs').Site} Site */

/**
 * How the first build of a tree is made, in a directory of its own. `new`: by makenix in a store that is not there yet,
 * where all others who have a store find one in which something else has been built, as in everyday life: the toolchain
 * is known to it, and of the project nothing is there.
 *
 * @typedef {'daemon' | 'cli' | 'new' | 'ninja' | 'gcc' | 'nix'} ColdBuilderName
 * @typedef {{ sample: import('./measure.mjs').Sample, program: Buffer }} FirstBuild
 * @typedef {{ name: string, build: (site: Site, directory: string) => Promise<FirstBuild> }} ColdBuilder
 */

/** @type {Readonly<Record<ColdBuilderName, ColdBuilder>>} */
const coldBuilders = {
  daemon: { name: buildNames.daemon, build: inUsedStore('daemon') },
  cli: { name: buildNames.cli, build: inUsedStore('cli') },
  new: {
    name: 'makenix build, new store',
    build: async ({ project, context }, directory) => {
      mkdirSync(directory);
      return ofMakenix(makenixPlace(project, directory, context));
    },
  },
  ninja: {
    name: 'ninja',
    build: async ({ project, context }, tree) => {
      writeNinjaTree(project, tree);
      const { ms } = await runNinja(project, tree, context);
      return { sample: { ms }, program: programIn(project, tree) };
    },
  },
  gcc: {
    name: 'raw gcc',
    build: async ({ project, context }, tree) => {
      project.write(tree);
      const sample = await compileEverything(project, tree, context);
      return { sample, program: programIn(project, tree) };
    },
  },
  nix: {
    name: nixName,
    build: async (site, directory) => {
      const { project, context } = site;
      const generated = await site.built();
      await site.copyStore(await site.used(), directory);
      const place = { tree: join(directory, 'tree'), store: storeOf(directory) };
      project.write(place.tree);
      for (const name of ['derivation.nix', '.makenix/host.nix']) {
        cpSync(join(generated.tree, name), join(place.tree, name));
      }
      const { ms, program } = await nixBuildOnce(project, place, context);
      return { sample: { ms }, program };
    },
  },
};

/**
 * From sources alone.
 *
 * @param {object} options
 * @param {readonly ColdBuilderName[]} options.by
 * @param {Pick<import('./scenario.mjs').Scenario, 'most' | 'isLong' | 'leftOut'>} options.rest
 * @returns {import('./scenario.mjs').Scenario}
 */
export const coldBuild = ({ by, rest }) => ({
  ...rest,
  name: 'cold-build',
  title: 'first build',
  run: async (site, measured) => {
    const compare = sameProgram();
    return measured(
      by.map((each) => {
        const { name, build } = coldBuilders[each];
        return {
          name,
          round: async () => {
            const directory = site.fresh(`cold-${each}`);
            const { sample, program } = await build(site, directory);
            compare({ name, program: () => program }, '');
            removeAll(directory);
            return sample;
          },
        };
      }),
    );
  },
});

/**
 * @param {import('./makenix-place.mjs').Engine} engine
 * @returns {ColdBuilder['build']}
 */
function inUsedStore(engine) {
  return async (site, directory) => {
    await site.copyStore(await site.used(), directory);
    return ofMakenix(makenixPlace(site.project, directory, site.context, { engine }));
  };
}

/**
 * @param {import('./makenix-place.mjs').MakenixPlace} place
 * @returns {Promise<FirstBuild>}
 */
async function ofMakenix(place) {
  const { ms, cycle, peakMemory } = await place.build({ withMemory: true });
  const sample = { ms, parts: { 'own share': cycle.ownMs }, steps: cycle.rebuilt.length };
  return { sample: peakMemory === undefined ? sample : { ...sample, peakMemory }, program: place.program() };
}

/**
 * @param {import('./project.mjs').Project} project
 * @param {string} tree
 */
const programIn = (project, tree) => readFileSync(join(tree, project.recipe(tree).link.file));
