import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchSource } from '../debian-source.mjs';
import { repository } from '../prepare.mjs';
import { compileOf, outputDirectory } from './project.mjs';

/**
 * As much of fixtures/lua/makenix.json as is read here.
 *
 * @typedef {object} LuaConfig
 * @property {readonly string[]} cflags
 * @property {Readonly<Record<string, true>>} defines
 */

/**
 * Lua 5.4 as in fixtures/lua, its interpreter only: 33 units, an archive, a program.
 *
 * @param {{ directory: string, signal: AbortSignal, say: (line: string) => void }} options the source is kept in `directory`
 * @returns {Promise<import('./project.mjs').Project>}
 */
export async function luaProject({ directory, signal, say }) {
  await fetchSource({ name: 'lua5.4', destination: directory, patches: false, signal, say });
  const config = join(repository, 'fixtures/lua/makenix.json');
  const { cflags, defines } = /** @type {LuaConfig} */ (JSON.parse(readFileSync(config, 'utf8')));
  return {
    name: 'lua',
    title: 'Lua 5.4',
    target: 'lua',
    leaf: 'src/lstring.c',
    write: (tree) => {
      cpSync(directory, tree, { recursive: true });
      cpSync(config, join(tree, 'makenix.json'));
    },
    recipe: (tree) => {
      const others = new Set(['lua.c', 'luac.c']);
      const library = readdirSync(join(tree, 'src'))
        .filter((name) => name.endsWith('.c') && !others.has(name))
        .sort()
        .map((name) => compileOf(`src/${name}`));
      const main = compileOf('src/lua.c');
      const archive = { file: `${outputDirectory}/liblua.a`, objects: library.map(({ object }) => object) };
      return {
        cflags: [...Object.keys(defines).map((name) => `-D${name}`), ...cflags],
        compiles: [...library, main],
        archives: [archive],
        link: {
          file: `${outputDirectory}/lua`,
          flags: ['-Wl,-E'],
          inputs: [main.object, archive.file],
          libraries: ['-lm', '-ldl'],
        },
      };
    },
  };
}
