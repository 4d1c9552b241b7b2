import { withBuilders } from './contenders.mjs';
import { editContenders, takeBack } from './edits.mjs';

/**
 * From a saved edit to the program.
 *
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.title
 * @param {import('./edits.mjs').Edit} options.edit
 * @param {'leaf' | 'header'} options.of
 * @param {readonly import('./contenders.mjs').BuilderName[]} options.by
 * @param {Pick<import('./scenario.mjs').Scenario, 'most' | 'isLong' | 'leftOut'>} [options.rest]
 * @returns {import('./scenario.mjs').Scenario}
 */
export function editScenario({ name, title, edit, of, by, rest = {} }) {
  return {
    ...rest,
    name,
    title,
    run: (site, measured) =>
      withBuilders(site, by, async (builders) => {
        const edited = site.original(site.project[of]);
        const programs = new Map(builders.map((builder) => [builder.name, builder.program()]));
        const result = await measured(editContenders(builders, edit, edited));
        await takeBack(builders, edited, programs);
        return result;
      }),
  };
}
