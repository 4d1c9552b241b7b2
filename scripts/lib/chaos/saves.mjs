import { closeSync, existsSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {(ms: number) => Promise<void>} Pause */

/**
 * @typedef {(file: string, text: string, pause: Pause, ms: number) => Promise<void>} Save
 */

/** @type {Save} */
const inPlace = async (file, text) => writeFileSync(file, text);

/**
 * The ways in which programs put new contents into a file. Between their steps others may look.
 *
 * @type {readonly (readonly [name: string, save: Save])[]}
 */
const ways = [
  ['in place', inPlace],
  ['renamed', async (file, text) => replace(`${file}.new`, file, text)],
  [
    'as vim',
    async (file, text, pause, ms) => {
      // It tries whether it may write there, and keeps the old file until the new one is whole.
      const probe = join(dirname(file), '4913');
      writeFileSync(probe, '');
      rmSync(probe);
      if (existsSync(file)) renameSync(file, `${file}~`);
      await pause(ms);
      writeFileSync(file, text);
      rmSync(`${file}~`, { force: true });
    },
  ],
  [
    'emptied, then filled',
    async (file, text, pause, ms) => {
      writeFileSync(file, '');
      await pause(ms);
      writeFileSync(file, text);
    },
  ],
  [
    'in two halves',
    async (file, text, pause, ms) => {
      const descriptor = openSync(file, 'w');
      writeSync(descriptor, text.slice(0, text.length >> 1));
      await pause(ms);
      writeSync(descriptor, text.slice(text.length >> 1));
      closeSync(descriptor);
    },
  ],
  [
    'removed, then written',
    async (file, text, pause, ms) => {
      rmSync(file, { force: true });
      await pause(ms);
      writeFileSync(file, text);
    },
  ],
  [
    'twice',
    async (file, text, pause, ms) => {
      writeFileSync(file, `${text}// not yet\n`);
      await pause(ms);
      writeFileSync(file, text);
    },
  ],
];

/**
 * @param {string} temporary beside the file
 * @param {string} file
 * @param {string} text
 */
function replace(temporary, file, text) {
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

/**
 * Saves a file in one of the ways, and says in which.
 *
 * @param {string} file
 * @param {string} text
 * @param {import('./random.mjs').Random} random
 * @param {Pause} pause
 */
export async function save(file, text, random, pause) {
  const [name, write] = (random.chance(0.7) ? random.pick(ways) : undefined) ?? ['in place', inPlace];
  // A watcher's window, at most two.
  await write(file, text, pause, random.chance(0.5) ? random.below(30) : random.below(200));
  return name;
}
