/**
 * What a makenix.json asks for, as commands: of the configuration as much as the projects here use, read apart from
 * makenix, so that a program which comes out the same byte for byte proves something.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { compileOf, outputDirectory } from './project.mjs';

/**
 * @typedef {object} Settings
 * @property {readonly string[]} [include]
 * @property {Readonly<Record<string, true | string | number>>} [defines]
 * @property {readonly string[]} [cflags]
 * @property {readonly string[]} [cxxflags]
 * @property {readonly string[]} [ldflags]
 *
 * @typedef {Settings & { kind?: 'static-library', sources: readonly string[], libs?: readonly string[] }} Target
 * @typedef {Settings & { targets: Readonly<Record<string, Target>> }} Config
 */

/**
 * @param {Config} config
 * @param {string} name of an executable; its libraries are static and name no others
 * @param {string} tree
 * @returns {import('./project.mjs').Recipe}
 */
export function configRecipe(config, name, tree) {
  const program = targetOf(config, name);
  const libs = program.libs ?? [];
  const libraries = libs
    .filter((lib) => !lib.startsWith('-l'))
    .map((lib) => {
      const library = targetOf(config, lib);
      const compiles = compilesOf(config, library, tree);
      const archive = { file: `${outputDirectory}/${lib}.a`, objects: compiles.map(({ object }) => object) };
      return { compiles, archive, systemLibraries: library.libs ?? [] };
    });
  const own = compilesOf(config, program, tree);
  const compiles = [...libraries.flatMap((library) => library.compiles), ...own];
  return {
    compiles,
    archives: libraries.map(({ archive }) => archive),
    link: {
      tool: compiles.some(({ source }) => isCxx(source)) ? 'c++' : 'cc',
      file: `${outputDirectory}/${name}`,
      flags: [...(config.ldflags ?? []), ...(program.ldflags ?? [])],
      inputs: [...own.map(({ object }) => object), ...libraries.map(({ archive }) => archive.file)],
      libraries: [
        ...libs.filter((lib) => lib.startsWith('-l')),
        ...libraries.flatMap(({ systemLibraries }) => systemLibraries),
      ],
    },
  };
}

/**
 * @param {Config} config
 * @param {string} name
 * @returns {Target}
 */
function targetOf({ targets }, name) {
  const target = targets[name];
  if (target === undefined) throw new Error(`makenix.json has no target ${name}`);
  return target;
}

/**
 * @param {Config} config
 * @param {Target} target
 * @param {string} tree
 */
function compilesOf(config, target, tree) {
  const c = [
    ...both(config, target, 'include').map((directory) => `-I${directory}`),
    ...Object.entries({ ...config.defines, ...target.defines }).map(([name, value]) =>
      value === true ? `-D${name}` : `-D${name}=${value}`,
    ),
    ...both(config, target, 'cflags'),
  ];
  const cxx = [...c, ...both(config, target, 'cxxflags')];
  return sourcesOf(target.sources, tree).map((source) => compileOf(source, isCxx(source) ? cxx : c));
}

/**
 * @param {Settings} defaults
 * @param {Settings} own
 * @param {'include' | 'cflags' | 'cxxflags'} key
 */
const both = (defaults, own, key) => [...(defaults[key] ?? []), ...(own[key] ?? [])];

/**
 * In the order of their names, as makenix has them, whatever the order of the patterns.
 *
 * @param {readonly string[]} patterns paths, and globs whose last name has the `*`
 * @param {string} tree
 */
function sourcesOf(patterns, tree) {
  const sources = /** @type {Set<string>} */ (new Set());
  for (const pattern of patterns) {
    const isExcluding = pattern.startsWith('!');
    for (const source of matches(isExcluding ? pattern.slice(1) : pattern, tree)) {
      if (isExcluding) sources.delete(source);
      else sources.add(source);
    }
  }
  return [...sources].sort();
}

/**
 * @param {string} pattern
 * @param {string} tree
 */
function matches(pattern, tree) {
  if (!pattern.includes('*')) return [pattern];
  const [directory, parts] = [dirname(pattern), basename(pattern).split('*')];
  const names = new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('[^/]*')}$`);
  return readdirSync(join(tree, directory))
    .filter((name) => names.test(name))
    .map((name) => `${directory}/${name}`);
}

const isCxx = (/** @type {string} */ source) => !source.endsWith('.c');
