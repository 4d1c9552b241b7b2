/**
 * What is built: a tree that can be written anywhere, the commands that make its one program, and a unit to edit.
 *
 * @typedef {object} Project
 * @property {string} name
 * @property {string} title
 * @property {string} target of makenix.json, and the name of the program
 * @property {string} leaf a source that is edited
 * @property {(tree: string) => void} write puts the sources and makenix.json into a directory that does not exist
 * @property {(tree: string) => Recipe} recipe
 */

/**
 * The very commands that makenix has Nix run, for those who run them without. All paths are in the tree.
 *
 * @typedef {object} Recipe
 * @property {readonly string[]} cflags
 * @property {readonly Compile[]} compiles
 * @property {readonly Archive[]} archives
 * @property {Link} link
 *
 * @typedef {{ readonly source: string, readonly object: string }} Compile
 * @typedef {{ readonly file: string, readonly objects: readonly string[] }} Archive
 * @typedef {{ readonly file: string, readonly flags: readonly string[], readonly inputs: readonly string[], readonly libraries: readonly string[] }} Link
 */

/** Where those who work without makenix put what they make: nothing that makenix looks at. */
export const outputDirectory = 'out';

/**
 * @param {string} source
 * @returns {Compile}
 */
export const compileOf = (source) => ({ source, object: `${outputDirectory}/${source.replace(/\.c$/, '.o')}` });

/** @type {(recipe: Recipe, compile: Compile) => string[]} */
export const ccArguments = ({ cflags }, { source, object }) => [...cflags, '-c', '-o', object, source];

/** @type {(archive: Archive) => string[]} */
export const arArguments = ({ file, objects }) => ['qcsD', file, ...objects];

/** @type {(link: Link) => string[]} */
export const linkArguments = ({ file, flags, inputs, libraries }) => [...flags, '-o', file, ...inputs, ...libraries];
