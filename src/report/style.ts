export type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly magenta: Paint;
  readonly cyan: Paint;
}

/** Select Graphic Rendition (ECMA-48 §8.3.117): a code that starts and the one that ends it. */
const sgr =
  (start: number, end: number): Paint =>
  (text) =>
    text === '' ? '' : `\x1b[${start}m${text}\x1b[${end}m`;

const colored: Style = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  magenta: sgr(35, 39),
  cyan: sgr(36, 39),
};

const same: Paint = (text) => text;
const uncolored: Style = { bold: same, dim: same, red: same, green: same, yellow: same, magenta: same, cyan: same };

export const createStyle = (color: boolean): Style => (color ? colored : uncolored);

/**
 * Whether to use colour on a stream. FORCE_COLOR comes first, as in Node's own `tty.getColorDepth`: who sets it for
 * one command means that command, while NO_COLOR (no-color.org: any value but the empty one) is a habit.
 */
export function wantsColor(env: Readonly<Record<string, string | undefined>>, isTTY: boolean): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  const no = env['NO_COLOR'];
  if (no !== undefined && no !== '') return false;
  return isTTY && env['TERM'] !== 'dumb';
}
