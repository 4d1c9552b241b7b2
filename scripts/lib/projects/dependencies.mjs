/** Which files of the project its units read, as the compiler says by itself. */
import { existsSync, realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { mustRun } from '../run.mjs';

/**
 * @param {object} options
 * @param {string} options.tree in which it has been built, so that what is generated is there
 * @param {readonly import('./own-build.mjs').Unit[]} options.units
 * @param {NodeJS.ProcessEnv} options.env
 * @param {AbortSignal} options.signal
 * @returns {Promise<ReadonlyMap<string, readonly string[]>>} object → the files of the project, its source among them
 */
export async function dependenciesOf({ tree, units, env, signal }) {
  const root = realpathSync(tree);
  const found = /** @type {Map<string, readonly string[]>} */ (new Map());
  const rest = units.values();
  const worker = async () => {
    for (const { object, command } of rest) {
      const { program, directory, args } = command;
      const rule = await mustRun(program, ['-M', ...withoutOutput(args)], { cwd: directory, env, signal });
      const files = prerequisites(rule).map((file) => relative(root, realpathSync(resolve(directory, file))));
      found.set(object, [...new Set(files.filter((file) => !file.startsWith('..')))]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return found;
}

/** @param {readonly string[]} args */
const withoutOutput = (args) =>
  args.filter((argument, at) => {
    const isValue = /^-(o|MF|MT|MQ)$/.test(args[at - 1] ?? '');
    return !isValue && !/^-(c|o|MF|MT|MQ|MD|MMD|MP)$/.test(argument) && !/^-(Wp,-M|MF.|MT.|MQ.)/.test(argument);
  });

/** @param {string} rule of Make */
function prerequisites(rule) {
  const text = rule.slice(rule.indexOf(': ') + 2).replaceAll('\\\n', ' ');
  return [...text.matchAll(/(?:[^\s\\]|\\.)+/g)].map(([word]) =>
    word.replace(/\\([ #\\])/g, '$1').replaceAll('$$', '$'),
  );
}

/**
 * @typedef {object} Edit
 * @property {string} file that is edited
 * @property {readonly string[]} objects of all units that read it
 *
 * @typedef {object} Edits
 * @property {Edit} leaf a source that is read by no unit but its own
 * @property {Edit} header of all headers, the one that most units read
 */

/**
 * @param {object} options
 * @param {string} options.source the project as it was fetched: what is made by a build is not edited
 * @param {import('./own-build.mjs').OwnBuild} options.build
 * @param {ReadonlyMap<string, readonly string[]>} options.dependencies
 * @param {(objects: readonly string[]) => boolean} options.isMain whether the product that counts is made from them
 * @returns {Edits | undefined}
 */
export function chooseEdits({ source, build, dependencies, isMain }) {
  const readers = /** @type {Map<string, string[]>} */ (new Map());
  for (const [object, files] of dependencies) {
    for (const file of files) readers.set(file, [...(readers.get(file) ?? []), object]);
  }
  const sources = new Set(build.units.map((unit) => unit.source));
  const isFetched = (/** @type {string} */ file) => existsSync(join(source, file));
  const leaves = [...sources].sort().filter((file) => {
    const objects = build.units.filter((unit) => unit.source === file).map(({ object }) => object);
    const isRead = (readers.get(file) ?? []).some((object) => !objects.includes(object));
    return /\.(c|cc|cpp|cxx)$/.test(file) && isFetched(file) && !isRead && isMain(objects);
  });
  const headers = [...readers.keys()].filter((file) => !sources.has(file) && isFetched(file));
  const count = (/** @type {string} */ file) => readers.get(file)?.length ?? 0;
  headers.sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
  const leaf = leaves[leaves.length >> 1];
  const [header] = headers;
  if (leaf === undefined || header === undefined) return undefined;
  const objectsOf = (/** @type {string} */ file) => [...(readers.get(file) ?? [])].sort();
  return { leaf: { file: leaf, objects: objectsOf(leaf) }, header: { file: header, objects: objectsOf(header) } };
}
