import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchSource } from '../debian-source.mjs';
import { repository } from '../prepare.mjs';
import { configRecipe } from './config-recipe.mjs';

/**
 * Lua 5.4 as in fixtures/lua, its interpreter only: 33 units, an archive, a program.
 *
 * @param {{ directory: string, signal: AbortSignal, say: (line: string) => void }} options the source is kept in `directory`
 * @returns {Promise<import('./project.mjs').Project>}
 */
export async function luaProject({ directory, signal, say }) {
  await fetchSource({ name: 'lua5.4', destination: directory, patches: false, signal, say });
  const file = join(repository, 'fixtures/lua/makenix.json');
  const config = /** @type {import('./config-recipe.mjs').Config} */ (JSON.parse(readFileSync(file, 'utf8')));
  const recipe = (/** @type {string} */ tree) => configRecipe(config, 'lua', tree);
  return {
    name: 'lua',
    title: 'Lua 5.4',
    target: 'lua',
    units: recipe(directory).compiles.length,
    leaf: 'src/lstring.c',
    header: 'src/lua.h',
    branch: ['lapi', 'lgc', 'lmathlib', 'lstring', 'lvm'].map((name) => `src/${name}.c`).concat('src/ltable.h'),
    write: (tree) => {
      cpSync(directory, tree, { recursive: true });
      cpSync(file, join(tree, 'makenix.json'));
    },
    recipe,
  };
}
