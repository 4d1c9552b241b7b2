/**
 * What a terminal would act on instead of showing: C0 and C1 controls (a file may be named `\x1b[2J`), what reorders
 * text (bidi marks, embeddings, overrides and isolates: "Trojan Source", CVE-2021-42574), the two Unicode line
 * separators, and lone surrogates, which have no encoding.
 */
// eslint-disable-next-line no-control-regex -- controls are what this looks for
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;

const escape = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** Of JSON, in which such characters stand in strings only, and C0 controls nowhere but between tokens: the same JSON. */
export const printableJson = (json: string): string =>
  json.replace(unsafe, (character) =>
    character < ' ' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Makes a project's string (a name, a path) safe to show on one line: `\x1b`, `\u202e`. Idempotent. */
export const printable = (text: string): string => text.replace(unsafe, escape);

/** The same for a line of a compiler's text, in which tabs stand. */
export const printableLog = (text: string): string =>
  text.replace(unsafe, (character) => (character === '\t' ? character : escape(character)));
