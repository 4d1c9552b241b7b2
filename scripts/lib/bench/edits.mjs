/** What is done to one unit, as data. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '../main.mjs';

/**
 * @typedef {object} Edit
 * @property {Edit} [first] done before each round, and not measured
 * @property {(texts: { original: string, current: string, token: string }) => string} text the unit from now on
 * @property {(programs: { program: Buffer, previous: Buffer, token: string }) => boolean} isRight
 */

/** A function that was not there: the object and the program differ. @type {Edit} */
export const leafEdit = {
  text: ({ original, token }) =>
    `${original}\nconst char *bench_edit(void);\nconst char *bench_edit(void) { return "${token}"; }\n`,
  isRight: ({ program, token }) => program.includes(token),
};

/** At the end, so that no line of code moves: the object comes out the same. @type {Edit} */
export const commentEdit = {
  text: ({ current, token }) => `${current}/* ${token} */\n`,
  isRight: ({ program, previous }) => program.equals(previous),
};

/** Back to what has been built before. @type {Edit} */
export const revertEdit = {
  first: leafEdit,
  text: ({ original }) => original,
  isRight: ({ program, token }) => !program.includes(token),
};

/** Milliseconds after an edit that is not measured: watch has to come to rest there, and nobody else is worse off. */
const rest = 500;

/**
 * Everybody makes the same edit in each round, of a text that was never there before, and must come to the same program,
 * byte for byte: that the flags are the same is so not only hoped.
 *
 * @param {readonly import('./builder.mjs').Builder[]} builders
 * @param {Edit} edit
 * @param {{ leaf: string, original: string }} unit
 * @returns {readonly import('./measure.mjs').Contender[]}
 */
export function editContenders(builders, edit, { leaf, original }) {
  const run = randomBytes(4).toString('hex');
  const programs = /** @type {Map<number, { name: string, digest: string }>} */ (new Map());
  return builders.map((builder) => ({
    name: builder.name,
    round: async (round) => {
      const token = `edit ${run} ${round}`;
      if (edit.first !== undefined) {
        await make(builder, edit.first, { leaf, original, token });
        await sleep(rest);
      }
      const sample = await make(builder, edit, { leaf, original, token });
      const digest = createHash('sha256').update(builder.program()).digest('hex');
      const other = programs.get(round);
      if (other !== undefined && other.digest !== digest) {
        throw new SetupError('failed', `${builder.name} and ${other.name} made different programs of the same sources`);
      }
      programs.set(round, { name: builder.name, digest });
      return sample;
    },
  }));
}

/**
 * @param {import('./builder.mjs').Builder} builder
 * @param {Edit} edit
 * @param {{ leaf: string, original: string, token: string }} unit
 */
async function make(builder, edit, { leaf, original, token }) {
  const file = join(builder.tree, leaf);
  const text = edit.text({ original, current: readFileSync(file, 'utf8'), token });
  const previous = builder.program();
  const isRight = () => edit.isRight({ program: builder.program(), previous, token });
  const sample = await builder.afterSave(() => writeFileSync(file, text), isRight);
  if (!isRight()) throw new SetupError('failed', `${builder.name} did not make the program that ${leaf} asks for`);
  return sample;
}
