/**
 * What is built: a tree that can be written anywhere, the commands that make its one program, and what is edited of it.
 *
 * @typedef {object} Project
 * @property {string} name
 * @property {string} title
 * @property {string} target of makenix.json, and the name of the program
 * @property {number} units how many sources are compiled
 * @property {string} leaf a source that is edited
 * @property {string} header one that many units include, and that is edited too
 * @property {readonly string[]} branch what another branch has otherwise: some sources, and a header
 * @property {(tree: string) => void} write puts the sources and makenix.json into a directory that does not exist
 * @property {(tree: string) => Recipe} recipe
 */

/**
 * The very commands that makenix has Nix run, for those who run them without. All paths are in the tree.
 *
 * @typedef {object} Recipe
 * @property {readonly Compile[]} compiles
 * @property {readonly Archive[]} archives
 * @property {Link} link
 *
 * @typedef {{ readonly source: string, readonly object: string, readonly cflags: readonly string[] }} Compile
 * @typedef {{ readonly file: string, readonly objects: readonly string[] }} Archive
 *
 * @typedef {object} Link
 * @property {'cc' | 'c++'} tool
 * @property {string} file
 * @property {readonly string[]} flags
 * @property {readonly string[]} inputs
 * @property {readonly string[]} libraries
 */

/** Where those who work without makenix put what they make: nothing that makenix looks at. */
export const outputDirectory = 'out';

/**
 * @param {string} source
 * @param {readonly string[]} cflags
 * @returns {Compile}
 */
export const compileOf = (source, cflags) => ({
  source,
  object: `${outputDirectory}/${source.replace(/\.\w+$/, '.o')}`,
  cflags,
});

/** @type {(compile: Compile) => string[]} */
export const ccArguments = ({ source, object, cflags }) => [...cflags, '-c', '-o', object, source];

/** @type {(archive: Archive) => string[]} */
export const arArguments = ({ file, objects }) => ['qcsD', file, ...objects];

/** @type {(link: Omit<Link, 'tool'>) => string[]} */
export const linkArguments = ({ file, flags, inputs, libraries }) => [...flags, '-o', file, ...inputs, ...libraries];
