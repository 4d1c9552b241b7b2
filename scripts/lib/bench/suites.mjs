import { join } from 'node:path';
import { branchSwitch } from './branch-scenario.mjs';
import { coldBuild } from './cold-scenario.mjs';
import { everybody } from './contenders.mjs';
import { dynamicEdit } from './dynamic-scenario.mjs';
import { editScenario } from './edit-scenario.mjs';
import { commentEdit, headerEdit, leafEdit, revertEdit } from './edits.mjs';
import { generate } from './generate-scenario.mjs';
import { helloProject } from './hello.mjs';
import { luaProject } from './lua.mjs';
import { noOp } from './no-op-scenario.mjs';
import { redisProject } from './redis.mjs';
import { stagedCheck } from './staged-check-scenario.mjs';
import { coldStart } from './start-scenario.mjs';
import { tinyProject } from './tiny.mjs';

/** @typedef {import('./contenders.mjs').BuilderName} BuilderName */
/** @typedef {import('./scenario.mjs').Scenario} Scenario */

const engines = /** @type {const} */ (['daemon', 'cli']);

/**
 * What is asked of every project.
 *
 * @param {object} options
 * @param {{ leaf: string, header: string }} options.titles of the files that are edited
 * @param {readonly BuilderName[]} [options.by]
 * @param {import('./scenario.mjs').LeftOut[]} [options.leftOut]
 * @param {{ header: Rest, branch: Rest, cold: Rest, every?: Rest }} options.rest what takes its time
 * @param {Parameters<typeof coldBuild>[0]['by']} options.cold
 * @param {import('./scenario.mjs').LeftOut[]} [options.coldLeftOut]
 * @returns {readonly Scenario[]}
 *
 * @typedef {Pick<Scenario, 'most' | 'isLong'>} Rest
 */
function scenariosOf({ titles, by = everybody, leftOut = [], rest, cold, coldLeftOut = leftOut }) {
  const every = { ...rest.every, leftOut };
  const isOf = (/** @type {readonly string[]} */ names) => (/** @type {string} */ name) => names.includes(name);
  const edit = (/** @type {Omit<Parameters<typeof editScenario>[0], 'by'>} */ options) =>
    editScenario({ rest: every, ...options, by });
  return [
    edit({ name: 'leaf-edit', title: `edit of ${titles.leaf}`, of: 'leaf', edit: leafEdit }),
    edit({ name: 'comment-edit', title: 'edit of a comment', of: 'leaf', edit: commentEdit }),
    edit({ name: 'revert', title: 'an edit taken back', of: 'leaf', edit: revertEdit }),
    edit({
      name: 'header-edit',
      title: `edit of ${titles.header}`,
      of: 'header',
      edit: headerEdit,
      rest: { ...every, ...rest.header },
    }),
    branchSwitch({ by, rest: { ...every, ...rest.branch } }),
    noOp({ by: /** @type {const} */ (['daemon', 'cli', 'ninja', 'nix']).filter(isOf(by)), rest: every }),
    coldStart({ by: engines.filter(isOf(by)), rest: rest.every ?? {} }),
    coldBuild({ by: cold, rest: { ...rest.cold, leftOut: coldLeftOut } }),
  ];
}

const everyColdBuild = /** @type {const} */ (['daemon', 'cli', 'new', 'ninja', 'gcc', 'nix']);

const few = { most: { warmups: 1, rounds: 3 } };

/** Where a round takes most of a minute. */
const one = { most: { warmups: 0, rounds: 1 }, isLong: true };

const tinyTitles = { leaf: 'one unit', header: 'a header that 100 units include' };

const nixIsQuadratic =
  'each goal of one `nix build` that ends wakes all that wait: with a thousand it took eleven minutes on two cores';

/** @type {readonly import('./scenario.mjs').Suite[]} */
export const suites = [
  {
    name: 'lua',
    project: ({ workspace, signal, say }) =>
      luaProject({ directory: join(workspace.directory, 'lua-source'), signal, say }),
    scenarios: scenariosOf({
      titles: { leaf: '`lstring.c`', header: '`lua.h`, which all units include' },
      rest: { header: few, branch: few, cold: { most: { warmups: 0, rounds: 3 } } },
      cold: everyColdBuild,
    }),
  },
  {
    name: 'redis',
    project: ({ workspace, signal, say }) =>
      redisProject({ directory: join(workspace.directory, 'redis-source'), signal, say }),
    scenarios: scenariosOf({
      titles: { leaf: '`t_string.c`', header: '`server.h`, which most units include' },
      rest: { header: one, branch: { most: { warmups: 0, rounds: 3 }, isLong: true }, cold: one },
      cold: everyColdBuild,
    }),
  },
  {
    name: 'tiny-100',
    project: async () => tinyProject(100),
    scenarios: scenariosOf({
      titles: tinyTitles,
      rest: { header: few, branch: few, cold: { most: { warmups: 0, rounds: 3 } } },
      cold: everyColdBuild,
    }),
  },
  {
    name: 'tiny-1000',
    project: async () => tinyProject(1000),
    scenarios: [
      ...scenariosOf({
        titles: tinyTitles,
        rest: { header: { ...few, isLong: true }, branch: few, cold: one },
        cold: ['daemon', 'cli', 'new', 'ninja', 'gcc'],
        coldLeftOut: [{ who: 'plain nix build', because: nixIsQuadratic }],
      }),
      stagedCheck,
    ],
  },
  {
    name: 'tiny-10000',
    project: async () => tinyProject(10_000),
    scenarios: [
      generate,
      ...scenariosOf({
        titles: tinyTitles,
        by: ['daemon', 'ninja', 'gcc'],
        leftOut: ['makenix, cli engine', 'plain nix build'].map((who) => ({
          who,
          because: 'all of the expression is evaluated on each edit, in a time that 1,000 units show as well',
        })),
        rest: {
          every: { isLong: true },
          header: { ...few, isLong: true },
          branch: { ...few, isLong: true },
          cold: one,
        },
        cold: ['daemon', 'ninja', 'gcc'],
        coldLeftOut: [
          {
            who: 'makenix build, cli engine',
            because: 'a process for each 8 objects, of which 1,000 units show as much',
          },
          { who: 'makenix build, new store', because: 'what it costs besides does not grow with the project' },
          { who: 'plain nix build', because: nixIsQuadratic },
        ],
      }),
    ],
  },
  { name: 'dynamic-3', project: async () => helloProject(), scenarios: [dynamicEdit()] },
  { name: 'dynamic-100', project: async () => tinyProject(100), scenarios: [dynamicEdit()] },
  { name: 'dynamic-300', project: async () => tinyProject(300), scenarios: [dynamicEdit()] },
  // There, the article's way takes ten seconds an edit.
  { name: 'dynamic-1000', project: async () => tinyProject(1000), scenarios: [dynamicEdit({ isLong: true })] },
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
