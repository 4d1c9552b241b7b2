import { mkdirSync, writeFileSync } from 'node:fs';
import { branchEdits, makeBranches, mend } from './branches.mjs';
import { contentEdits, riskyEdits } from './content-edits.mjs';
import { directoryEdits, fileEdits } from './tree-edits.mjs';
import { closingFile, openWorkplace } from './workplace.mjs';

/** @typedef {import('./workplace.mjs').EditKind} EditKind */

/**
 * Edits a tree at random. What is done depends on the seed and on what was done before, and on nothing else.
 *
 * @param {Parameters<typeof openWorkplace>[0]} options
 */
export function openEditor(options) {
  const place = openWorkplace(options);
  const { random } = options;
  const harmless = [...contentEdits(place), ...fileEdits(place)];
  const all = [...harmless, ...directoryEdits(place), ...riskyEdits(place), ...branchEdits(place)];

  /** @param {readonly EditKind[]} kinds */
  const editOf = async (kinds) => {
    for (;;) {
      place.nextEdit();
      const done = await weighted(kinds, random)?.edit();
      if (done !== undefined) return done;
    }
  };

  return {
    /** To be called once, on the tree as it is at first. */
    async begin() {
      mkdirSync(options.outside);
      await makeBranches(place, () => editOf(harmless));
      place.beWatched();
    },
    /** Makes one edit, and says what it was. */
    edit: () => editOf(all),
    mend: () => mend(place),
    /** The edit of which no hint is lost. */
    close() {
      place.nextEdit();
      writeFileSync(place.at(closingFile), `int closing = ${place.serial};\n`);
      return 'the closing edit';
    },
  };
}

/**
 * @param {readonly EditKind[]} kinds
 * @param {import('./random.mjs').Random} random
 */
function weighted(kinds, random) {
  let left = random.below(kinds.reduce((sum, { weight }) => sum + weight, 0));
  return kinds.find(({ weight }) => (left -= weight) < 0);
}
