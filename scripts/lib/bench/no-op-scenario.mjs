import { SetupError } from '../main.mjs';
import { buildNames } from './contenders.mjs';
import { runNinja } from './ninja-builder.mjs';

/** @typedef {import('./makenix-place.mjs').Engine} Engine */

/**
 * Nothing to do, and how long it takes to find that out. Raw gcc has no part in it: who knows that nothing is to do runs
 * nothing.
 *
 * @param {object} options
 * @param {readonly ('daemon' | 'cli' | 'ninja' | 'nix')[]} options.by
 * @param {Pick<import('./scenario.mjs').Scenario, 'isLong' | 'leftOut'>} [options.rest]
 * @returns {import('./scenario.mjs').Scenario}
 */
export const noOp = ({ by, rest = {} }) => ({
  ...rest,
  name: 'no-op',
  title: 'nothing to do, whole process',
  run: async (site, measured) => {
    const contenders = { daemon: ofMakenix('daemon'), cli: ofMakenix('cli'), ninja: ofNinja, nix: ofNix };
    const made = [];
    for (const each of by) made.push(await contenders[each](site));
    return measured(made);
  },
});

/**
 * @param {Engine} engine
 * @returns {(site: import('./site.mjs').Site) => Promise<import('./measure.mjs').Contender>}
 */
const ofMakenix = (engine) => async (site) => {
  const place = await site.makenix[engine]();
  await place.build();
  return {
    name: buildNames[engine],
    round: async (round) => {
      const { ms, cycle } = await place.build();
      if (cycle.outcome !== 'up-to-date') throw new SetupError('failed', 'makenix found something to do');
      const sample = { ms, parts: { cycle: cycle.ms } };
      // Another run, since looking at the memory would show in a figure of this size.
      const { peakMemory } = round === 0 ? await place.build({ withMemory: true }) : {};
      return peakMemory === undefined ? sample : { ...sample, peakMemory };
    },
  };
};

/** @type {(site: import('./site.mjs').Site) => Promise<import('./measure.mjs').Contender>} */
const ofNinja = async (site) => {
  const { name, tree } = await site.ninja();
  return {
    name,
    round: async () => {
      const { ms, output } = await runNinja(site.project, tree, site.context);
      if (!output.includes('no work to do')) throw new SetupError('failed', 'ninja found something to do');
      return { ms };
    },
  };
};

/** @type {(site: import('./site.mjs').Site) => Promise<import('./measure.mjs').Contender>} */
const ofNix = async (site) => {
  const { name, afterSave } = await site.nix();
  return { name, round: () => afterSave({ save: () => undefined, files: [], isRight: () => true }) };
};
