import { editContenders } from './edits.mjs';
import { watchBuilder } from './watch-builder.mjs';

/**
 * From a saved edit to the program, by everybody.
 *
 * @param {{ name: string, title: string, edit: import('./edits.mjs').Edit, by: readonly ('nix' | 'ninja' | 'gcc')[] }} options
 *   `by`: whom besides makenix
 * @returns {import('./scenario.mjs').Scenario}
 */
export function editScenario({ name, title, edit, by }) {
  return {
    name,
    title,
    run: async (site, measured) => {
      const others = [];
      for (const each of by) others.push(await site[each]());
      const place = await site.makenix();
      const watch = await watchBuilder(place, site.context);
      try {
        return await measured(editContenders([watch, ...others], edit, site.unit()));
      } finally {
        await watch.close();
      }
    },
  };
}
