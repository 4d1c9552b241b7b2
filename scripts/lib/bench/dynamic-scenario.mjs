import { articleBuilder } from './article-builder.mjs';
import { dynamicBuilder } from './dynamic-builder.mjs';
import { editContenders, leafEdit } from './edits.mjs';
import { makenixPlace } from './makenix-place.mjs';
import { watchBuilder } from './watch-builder.mjs';

/**
 * From a saved edit to the program where Nix itself finds out what to build, beside plain `nix build` of an expression
 * that is there (static), and beside the article's way.
 *
 * @param {Pick<import('./scenario.mjs').Scenario, 'isLong'>} [rest]
 * @returns {import('./scenario.mjs').Scenario}
 */
export const dynamicEdit = (rest = {}) => ({
  ...rest,
  name: 'leaf-edit',
  title: 'edit of one unit',
  references: ['static', "the article's way"],
  run: async (site, measured) => {
    const { project, context, fresh } = site;
    // The derivations of objects are the same in both modes: with one store, the second would find what the first built.
    const place = async () => {
      context.say(`${project.name}: first build by makenix --dynamic`);
      const made = makenixPlace(project, fresh('dynamic'), context, { dynamic: true });
      await made.build();
      return made;
    };
    const builders = [{ ...(await site.nix()), name: 'static' }, await dynamicBuilder(await place(), context)];
    context.say(`${project.name}: first build by the article's way`);
    builders.push(await articleBuilder(project, fresh('article'), context));
    const watch = await watchBuilder('makenix watch --dynamic', await place(), context);
    try {
      return await measured(editContenders([...builders, watch], leafEdit, site.original(project.leaf)));
    } finally {
      await watch.close();
    }
  },
});
