import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { save } from './saves.mjs';
import { withIncludes } from './texts.mjs';

/**
 * What edits are made with. `edit` returns what it did, in words, or undefined where there was nothing to do it to.
 *
 * @typedef {ReturnType<typeof openWorkplace>} Workplace
 * @typedef {{ weight: number, edit: () => string | undefined | Promise<string | undefined> }} EditKind
 */

export const isSource = (/** @type {string} */ path) => /\.(?:c|cc|cpp)$/.test(path);
export const isHeader = (/** @type {string} */ path) => /\.(?:h|hpp)$/.test(path);

/** What is makenix's own or git's, and is neither edited nor copied. */
export const isOurs = (/** @type {string} */ name) =>
  /^(?:\.git|\.makenix|derivation\.nix|result(?:-\d+)?)$/.test(name);

/**
 * @param {object} options
 * @param {string} options.tree
 * @param {string} options.outside a directory of the same file system that nobody watches
 * @param {import('./trees.mjs').EditedProject} options.project
 * @param {import('./random.mjs').Random} options.random
 * @param {(ms: number) => Promise<void>} options.pause for what editors do slowly
 */
export function openWorkplace({ tree, outside, project, random, pause }) {
  let serial = 0;
  let isWatched = false;
  const at = (/** @type {string} */ path) => join(tree, path);
  const list = (/** @type {boolean} */ directories) => listed(tree, '', directories);
  const code = () =>
    list(false).filter((path) => (isSource(path) || isHeader(path)) && !isFixed(path) && !project.isDelicate(path));
  /** The closing edit is one of the watch's inputs, whatever has happened. */
  const isFixed = (/** @type {string} */ path) => path === closingDirectory || path.startsWith(`${closingDirectory}/`);
  const directories = () => list(true).filter((path) => !project.fixed.includes(path) && !isFixed(path));
  const headers = () => code().filter((path) => isHeader(path) && project.mayInclude(path));

  return {
    ...{ tree, outside, project, random, at, code, directories, headers },
    /** Of the edit that is being made: nothing else has it in its name. */
    get serial() {
      return serial;
    },
    nextEdit() {
      serial++;
    },
    /** From now on, what editors do slowly is done slowly. */
    beWatched: () => void (isWatched = true),
    pause: async (/** @type {number} */ ms) => {
      if (isWatched) await pause(ms);
    },
    read: (/** @type {string} */ path) => readFileSync(at(path), 'utf8'),
    /** Saves a file, and says how. */
    async put(/** @type {string} */ path, /** @type {string} */ text) {
      mkdirSync(dirname(at(path)), { recursive: true });
      return save(at(path), text, random, (ms) => this.pause(ms));
    },
    /** Both paths are absolute. */
    move(/** @type {string} */ from, /** @type {string} */ to) {
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    },
    /** Some file to read and write: a link may lead nowhere. */
    pickCode: () => random.pick(code().filter((path) => existsSync(at(path)))),
    /** Some file to take away. Mostly one that was not there at first: where much is missing, little else shows. */
    pickToGo: () => {
      const all = code();
      const made = all.filter((path) => /(?:made|maybe|link|named)\d+\.\w+$/.test(path));
      // Branches are what is gone back to.
      return random.pick(!isWatched || (made.length > 0 && random.chance(0.8)) ? made : all);
    },
    anyDirectory: () => random.pick([...project.fixed, ...directories()]) ?? '.',
    /** Another end for a file, of lines that include. */
    withIncludes: (/** @type {string} */ path, /** @type {string} */ text, isBroken = false) =>
      withIncludes({
        ...{ text, path, serial, random, isBroken },
        headers: headers(),
        includePath: project.includePath,
      }),
    git: (/** @type {string[]} */ ...args) =>
      execFileSync('git', args, { cwd: tree, encoding: 'utf8', env: gitEnvironment }),
  };
}

/** Saved last, where hints are kept from makenix, and never edited otherwise. */
const closingDirectory = 'closing';

/**
 * Files or directories, in the same order everywhere.
 *
 * @param {string} root
 * @param {string} directory
 * @param {boolean} directories
 * @returns {string[]}
 */
function listed(root, directory, directories) {
  const entries = readdirSync(join(root, directory), { withFileTypes: true });
  return entries
    .filter(({ name }) => !isOurs(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (!entry.isDirectory()) return directories ? [] : [path];
      return [...(directories ? [path] : []), ...listed(root, path, directories)];
    });
}

/** Nobody's settings. */
const gitEnvironment = {
  ...process.env,
  ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  ...{ GIT_AUTHOR_NAME: 'chaos', GIT_AUTHOR_EMAIL: 'chaos@example.org', GIT_AUTHOR_DATE: '2020-01-01T00:00:00Z' },
  ...{
    GIT_COMMITTER_NAME: 'chaos',
    GIT_COMMITTER_EMAIL: 'chaos@example.org',
    GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z',
  },
};

/** What the closing edit writes. */
export const closingFile = `${closingDirectory}/closing.c`;

/**
 * @param {string} root
 * @param {Readonly<Record<string, string>>} files
 */
export function writeFiles(root, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
