/**
 * A tree with something that keeps its program up to date.
 *
 * @typedef {object} Builder
 * @property {string} name
 * @property {string} tree
 * @property {() => Buffer} program what the program is now
 * @property {(save: () => void, isRight: () => boolean) => Promise<import('./measure.mjs').Sample>} afterSave calls
 *   `save`, which writes to the tree, and has the program made; the sample is of both. `isRight`: whether the program is
 *   that of the tree, for those who would not know by themselves
 */
export {};
