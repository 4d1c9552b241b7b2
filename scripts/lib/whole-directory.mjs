import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Makes a directory whole or not at all: `fill` works in a temporary one beside it, which is then renamed into place.
 *
 * There is no lock. Of two that run at once the first to finish wins and the other takes the winner's; that costs
 * double work on a rare occasion, where a lock would have to be told from one that a killed process left behind.
 *
 * @param {string} final absolute
 * @param {(temporary: string) => Promise<void>} fill
 * @param {() => boolean} isGood whether what stands at `final` will do; what will not is replaced
 */
export async function makeWholeDirectory(final, fill, isGood) {
  const parent = dirname(final);
  mkdirSync(parent, { recursive: true });
  removeLeftovers(final);
  const temporary = temporaryName(final);
  mkdirSync(temporary);
  try {
    await fill(temporary);
    if (!renameUnlessTaken(temporary, final) && !isGood()) {
      const aside = temporaryName(final);
      renameSync(final, aside);
      renameUnlessTaken(temporary, final);
      remove(aside);
    }
  } finally {
    remove(temporary);
  }
}

/** @param {string} final */
const temporaryName = (final) =>
  join(dirname(final), `.${basename(final)}.${process.pid}.${randomBytes(4).toString('hex')}`);

/** @param {string} directory */
const remove = (directory) => rmSync(directory, { recursive: true, force: true });

/**
 * @param {string} from
 * @param {string} to
 * @returns {boolean} false where something stands at `to` (an empty directory does not count)
 */
function renameUnlessTaken(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOTEMPTY', 'EEXIST'].includes(String(error.code))) return false;
    throw error;
  }
}

/**
 * What killed processes left. One of another container with the same pid may stay; it will go another time.
 *
 * @param {string} final
 */
function removeLeftovers(final) {
  for (const name of readdirSync(dirname(final))) {
    const rest = name.startsWith(`.${basename(final)}.`) ? name.slice(basename(final).length + 2) : '';
    const pid = /^(\d+)\.[0-9a-f]{8}$/.exec(rest)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) remove(join(dirname(final), name));
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, and someone else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
