/** What is done to one file, as data. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../main.mjs';
import { sameProgram } from './same-program.mjs';

/**
 * @typedef {object} Edit
 * @property {Edit} [first] done before each round, and not measured
 * @property {(texts: { original: string, current: string, token: string }) => string} text the file from now on
 * @property {(programs: { program: Buffer, previous: Buffer, token: string }) => boolean} isRight
 * @property {boolean} [runsNothing] where makenix is to run no compiler and no linker
 */

/** A function that was not there: the object and the program differ. @type {Edit} */
export const leafEdit = {
  text: ({ original, token }) =>
    `${original}\nconst char *bench_edit(void);\nconst char *bench_edit(void) { return "${token}"; }\n`,
  isRight: ({ program, token }) => program.includes(token),
};

/** Something that every unit which includes the header has in its object. @type {Edit} */
export const headerEdit = {
  text: ({ original, token }) =>
    `${original}\n#ifndef BENCH_EDIT\n#define BENCH_EDIT\n` +
    `static const char bench_header_edit[] __attribute__((used)) = "${token}";\n#endif\n`,
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
  runsNothing: true,
};

/**
 * Everybody makes the same edit in each round, of a text that was never there before, and must come to the same program,
 * byte for byte: that the flags are the same is so not only hoped.
 *
 * @param {readonly import('./builder.mjs').Builder[]} builders
 * @param {Edit} edit
 * @param {{ file: string, original: string }} edited
 * @returns {readonly import('./measure.mjs').Contender[]}
 */
export function editContenders(builders, edit, { file, original }) {
  const run = randomBytes(4).toString('hex');
  const compare = sameProgram();
  return builders.map((builder) => ({
    name: builder.name,
    round: async (round) => {
      const token = `edit ${run} ${round}`;
      if (edit.first !== undefined) await make(builder, edit.first, { file, original, token });
      const sample = await make(builder, edit, { file, original, token });
      compare(builder, String(round));
      return sample;
    },
  }));
}

/**
 * Takes back what a scenario has left: the next one begins where this one did, whoever takes part in it.
 *
 * @param {readonly import('./builder.mjs').Builder[]} builders
 * @param {{ file: string, original: string }} edited
 * @param {ReadonlyMap<string, Buffer>} programs as they were before, by the names of builders
 */
export async function takeBack(builders, { file, original }, programs) {
  for (const builder of builders) {
    if (readFileSync(join(builder.tree, file), 'latin1') === original) continue;
    const first = programs.get(builder.name);
    const isRight = (/** @type {{ program: Buffer }} */ { program }) => first?.equals(program) === true;
    await make(builder, { text: () => original, isRight }, { file, original, token: '' });
  }
}

/**
 * @param {import('./builder.mjs').Builder} builder
 * @param {Edit} edit
 * @param {{ file: string, original: string, token: string }} edited
 */
async function make(builder, edit, { file, original, token }) {
  const path = join(builder.tree, file);
  // As bytes: not every source is UTF-8.
  const text = edit.text({ original, current: readFileSync(path, 'latin1'), token });
  const previous = builder.program();
  const isRight = () => edit.isRight({ program: builder.program(), previous, token });
  const sample = await builder.afterSave({ save: () => writeFileSync(path, text, 'latin1'), files: [file], isRight });
  if (!isRight()) throw new SetupError('failed', `${builder.name} did not make the program that ${file} asks for`);
  if (edit.runsNothing === true) mustRunNothing(builder, sample);
  return sample;
}

/**
 * Going back to what has been built is no work for makenix; for whoever compiles again it is.
 *
 * @param {import('./builder.mjs').Builder} builder
 * @param {import('./measure.mjs').Sample} sample
 */
export function mustRunNothing({ name }, { steps }) {
  if (name.startsWith('makenix') && steps !== 0) {
    throw new SetupError('failed', `${name} ran ${steps} steps for what it had built before`);
  }
}
