// eslint-disable-next-line no-control-regex -- the point is that nothing else is in it
const ascii = /^[\u0000-\u007f]*$/;
const zeroWidth = /^(?:[\p{Mn}\p{Me}]|\u200b|\u200c|\u200d)$/u;
/**
 * East Asian wide and fullwidth blocks (UAX #11) and emoji. Rough, and rough towards wide: a line that is a column
 * short is fine, one that wraps leaves its first half behind when it is redrawn.
 */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

function widthOf(character: string): number {
  // Nothing below is combining or wide, and most lines have but a `·` or a `→` that is not ASCII.
  if (character < '\u0300') return 1;
  return zeroWidth.test(character) ? 0 : wide.test(character) ? 2 : 1;
}

/** How many columns a printable text takes on a terminal. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** As much of the start of a text as `width` columns hold. */
export function takeColumns(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

/** The text in at most `width` (1 or more) columns, its end replaced by `…` where it is longer. */
export const cutEnd = (text: string, width: number): string =>
  displayWidth(text) <= width ? text : `${takeColumns(text, width - 1)}…`;

/** The same for paths, whose end tells more than their start. */
export function cutStart(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const kept: string[] = [];
  let used = 1;
  for (const character of Array.from(text).reverse()) {
    used += widthOf(character);
    if (used > width) break;
    kept.push(character);
  }
  return `…${kept.reverse().join('')}`;
}

/** Spaces that bring a text to `width` columns. */
export const padding = (text: string, width: number): string => ' '.repeat(Math.max(0, width - displayWidth(text)));
