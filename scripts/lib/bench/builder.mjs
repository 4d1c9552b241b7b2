/**
 * A tree with something that keeps its program up to date.
 *
 * @typedef {object} Builder
 * @property {string} name
 * @property {string} tree
 * @property {() => Buffer} program what the program is now
 * @property {(change: Change) => Promise<import('./measure.mjs').Sample>} afterSave has the change made and then the
 *   program; the sample is of both
 *
 * @typedef {object} Change
 * @property {() => void | Promise<void>} save writes to the tree
 * @property {readonly string[]} files what it writes, for those who do not look
 * @property {() => boolean} isRight whether the program is that of the tree, for those who would not know by themselves
 */
export {};
