/** What a project's own build makes of what, from the commands that it ran. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';

/**
 * Paths are relative to the project, and as its build names them; where it has moved, copied or linked a file, it is meant by any.
 *
 * @typedef {object} Unit
 * @property {string} source
 * @property {string} object
 * @property {import('./recorder.mjs').Ran} command
 *
 * @typedef {object} Product an archive, or what was linked
 * @property {string} path
 * @property {readonly string[]} inputs of the project
 */

/**
 * @typedef {object} OwnBuild
 * @property {readonly Unit[]} units
 * @property {readonly Product[]} products
 * @property {(path: string) => string} nameOf the one name of a file that was moved, copied or is linked to
 */

const sourceName = /\.(c|cc|cpp|cxx|c\+\+|C|S|s)$/;

/** Options whose value is the next argument and may look like a file. */
const withValue = new Set(
  '-o -I -D -U -L -l -isystem -iquote -idirafter -include -imacros -x -MF -MT -MQ -T -Xlinker -u -z -soname -h'.split(
    ' ',
  ),
);

/**
 * @param {string} tree in which it has been built
 * @param {readonly import('./recorder.mjs').Ran[]} ran
 * @returns {OwnBuild}
 */
export function readOwnBuild(tree, ran) {
  const moves = ran.flatMap(readMoves);
  const moved = new Map(moves.filter(({ isCopy }) => !isCopy).map(({ from, to }) => [from, to]));
  const outputs = new Set(ran.flatMap(outputOf));
  // A copy of what was made is that, unless something was made of the copy. A copy of a source is a file of its own.
  const copied = new Map(
    moves
      .filter(({ isCopy, from, to }) => isCopy && outputs.has(from) && !outputs.has(to))
      .map(({ from, to }) => [to, from]),
  );
  const now = (/** @type {string} */ path) => {
    const file = copied.get(path) ?? path;
    const end = existsSync(file) ? file : (moved.get(file) ?? file);
    return existsSync(end) ? realpathSync(end) : end;
  };
  const root = realpathSync(tree);
  const nameOf = (/** @type {string} */ path) => relative(root, now(resolve(root, path)));
  const isOfProject = (/** @type {string} */ path) => path !== '' && !path.startsWith('..');

  const units = /** @type {Map<string, Unit>} */ (new Map());
  const products = /** @type {Map<string, Product>} */ (new Map());
  for (const command of ran) {
    const { output, inputs, isCompile } = read(command);
    if (output === undefined) continue;
    const name = nameOf(resolve(command.directory, output));
    // What a build tries, as a configuration does, it does not keep.
    if (!isOfProject(name) || !existsSync(join(root, name)) || isDirectory(join(root, name))) continue;
    const files = inputs.map((input) => nameOf(resolve(command.directory, input))).filter(isOfProject);
    if (isCompile) {
      const [source] = files;
      if (source !== undefined) units.set(name, { source, object: name, command });
    } else {
      products.set(name, { path: name, inputs: [...(products.get(name)?.inputs ?? []), ...files] });
    }
  }
  return { units: [...units.values()], products: [...products.values()], nameOf };
}

/**
 * Everything that is made anew once these objects are.
 *
 * @param {OwnBuild} build
 * @param {Iterable<string>} objects
 * @returns {readonly string[]} products
 */
export function productsOf({ products }, objects) {
  const anew = new Set(objects);
  const made = /** @type {Set<string>} */ (new Set());
  for (let before = -1; before !== made.size;) {
    before = made.size;
    for (const { path, inputs } of products) {
      if (!inputs.some((input) => anew.has(input))) continue;
      anew.add(path);
      made.add(path);
    }
  }
  return [...made].sort();
}

/** Programs that put a file elsewhere; whether it stays where it was. */
const movers = new Map([
  ['mv', false],
  ['cp', true],
  ['install', true],
]);

/**
 * @param {import('./recorder.mjs').Ran} command
 * @returns {readonly { from: string, to: string, isCopy: boolean }[]}
 */
function readMoves({ program, directory, args }) {
  const isCopy = movers.get(program);
  if (isCopy === undefined) return [];
  const isValue = (/** @type {number} */ at) => program === 'install' && /^-[mog]$/.test(args[at - 1] ?? '');
  const files = args.filter((argument, at) => !argument.startsWith('-') && !isValue(at));
  const to = resolve(directory, files.pop() ?? '');
  return files.map((file) => ({
    from: resolve(directory, file),
    to: isDirectory(to) ? join(to, basename(file)) : to,
    isCopy,
  }));
}

/** @param {import('./recorder.mjs').Ran} command */
function outputOf(command) {
  const { output } = read(command);
  return output === undefined ? [] : [resolve(command.directory, output)];
}

/**
 * @param {import('./recorder.mjs').Ran} command
 * @returns {{ output?: string, inputs: readonly string[], isCompile: boolean }}
 */
function read({ program, directory, args }) {
  if (movers.has(program)) return { inputs: [], isCompile: false };
  if (program === 'ar' || program === 'gcc-ar') {
    const [operation = '', output, ...inputs] = args.filter((argument) => !argument.startsWith('--'));
    if (output === undefined || !/[rq]/.test(operation)) return { inputs: [], isCompile: false };
    return { output, inputs, isCompile: false };
  }
  if (args.some((argument) => ['-E', '-M', '-MM', '-S', '-fsyntax-only'].includes(argument))) {
    return { inputs: [], isCompile: false };
  }
  const files = args.filter((argument, at) => !argument.startsWith('-') && !withValue.has(args[at - 1] ?? ''));
  const searched = args.flatMap((argument, at) =>
    argument.startsWith('-L') ? [argument === '-L' ? (args[at + 1] ?? '') : argument.slice(2)] : [],
  );
  const libraries = args
    .filter((argument) => /^-l./.test(argument))
    .flatMap((argument) => {
      const names = ['so', 'a'].map((end) => `lib${argument.slice(2)}.${end}`);
      const found = searched.flatMap((each) => names.map((name) => join(each, name)));
      return found.find((file) => existsSync(resolve(directory, file))) ?? [];
    });
  const isCompile = args.includes('-c');
  const [source] = files;
  const output = args[args.indexOf('-o') + 1];
  if (args.includes('-o'))
    return { ...(output !== undefined && { output }), inputs: [...files, ...libraries], isCompile };
  if (!isCompile || source === undefined) return { inputs: [], isCompile };
  return { output: source.replace(/^.*\//, '').replace(sourceName, '.o'), inputs: files, isCompile };
}

/** @param {string} path */
const isDirectory = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
