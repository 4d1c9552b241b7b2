import { join } from 'node:path';
import { dynamicEdit } from './dynamic-scenario.mjs';
import { commentEdit, leafEdit, revertEdit } from './edits.mjs';
import { editScenario } from './edit-scenario.mjs';
import { generate } from './generate-scenario.mjs';
import { helloProject } from './hello.mjs';
import { luaProject } from './lua.mjs';
import { coldBuild, coldStart, noOp } from './process-scenarios.mjs';
import { stagedCheck } from './staged-check-scenario.mjs';
import { tinyProject } from './tiny.mjs';

const everybody = /** @type {const} */ (['nix', 'ninja', 'gcc']);
const tinyEdit = editScenario({ name: 'leaf-edit', title: 'edit of one unit', edit: leafEdit, by: ['ninja', 'gcc'] });

/** @type {readonly import('./scenario.mjs').Suite[]} */
export const suites = [
  {
    name: 'lua',
    project: ({ workspace, signal, say }) =>
      luaProject({ directory: join(workspace.directory, 'lua-source'), signal, say }),
    scenarios: [
      editScenario({ name: 'leaf-edit', title: 'edit of `lstring.c`', edit: leafEdit, by: everybody }),
      editScenario({ name: 'comment-edit', title: 'edit of a comment', edit: commentEdit, by: everybody }),
      editScenario({ name: 'revert', title: 'an edit taken back', edit: revertEdit, by: everybody }),
      noOp,
    ],
  },
  { name: 'tiny-100', project: async () => tinyProject(100), scenarios: [tinyEdit, coldStart, coldBuild({})] },
  {
    name: 'tiny-1000',
    project: async () => tinyProject(1000),
    scenarios: [tinyEdit, coldStart, stagedCheck, coldBuild({ isLong: true })],
  },
  { name: 'tiny-10000', project: async () => tinyProject(10_000), scenarios: [generate] },
  { name: 'dynamic-3', project: async () => helloProject(), scenarios: [dynamicEdit()] },
  { name: 'dynamic-100', project: async () => tinyProject(100), scenarios: [dynamicEdit()] },
  { name: 'dynamic-300', project: async () => tinyProject(300), scenarios: [dynamicEdit()] },
  // There, the article's way takes ten seconds an edit.
  { name: 'dynamic-1000', project: async () => tinyProject(1000), scenarios: [dynamicEdit({ isArticleLong: true })] },
];

/**
 * The suites with those of their scenarios that are asked for; none without any.
 *
 * @param {readonly string[]} names `lua` or `lua/no-op`; empty for all that do not take long
 * @param {boolean} full
 * @returns {readonly import('./scenario.mjs').Suite[]}
 */
export function select(names, full) {
  const isAsked = (/** @type {string} */ suite, /** @type {import('./scenario.mjs').Scenario} */ scenario) =>
    names.includes(`${suite}/${scenario.name}`) ||
    ((names.length === 0 || names.includes(suite)) && (full || scenario.isLong !== true));
  return suites
    .map((suite) => ({ ...suite, scenarios: suite.scenarios.filter((scenario) => isAsked(suite.name, scenario)) }))
    .filter(({ scenarios }) => scenarios.length > 0);
}
