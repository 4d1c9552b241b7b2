/** Edits that any source bears, at its end. */

/**
 * A function that was not there: the object differs.
 *
 * @param {string} text
 * @param {string} file
 * @param {number} number of the edit
 */
export function withProbe(text, file, number) {
  const name = `makenix_probe_${number}`;
  const body = file.endsWith('.c')
    ? `int ${name}(void);\nint ${name}(void) { return ${number}; }`
    : `namespace makenix_probe { int ${name}(); int ${name}() { return ${number}; } }`;
  return `${text}\n${body}\n`;
}

/**
 * Nothing but a comment, since a header may be read by anything and at any place.
 *
 * @param {string} text
 * @param {number} number of the edit
 */
export const withComment = (text, number) => `${text}\n/* makenix probe ${number} */\n`;
