/** The ASCII that the readers of this folder look for. */
export const NUL = 0x00;
export const TAB = 0x09;
export const LF = 0x0a;
export const VT = 0x0b;
export const FF = 0x0c;
export const CR = 0x0d;
export const SPACE = 0x20;
export const DOUBLE_QUOTE = 0x22;
export const HASH = 0x23;
export const DOLLAR = 0x24;
export const PERCENT = 0x25;
export const SINGLE_QUOTE = 0x27;
export const OPENING_PARENTHESIS = 0x28;
export const ASTERISK = 0x2a;
export const PLUS = 0x2b;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const CAPITAL_R = 0x52;
export const BACKSLASH = 0x5c;
export const UNDERSCORE = 0x5f;
export const LETTER_E = 0x65;
export const LETTER_I = 0x69;
export const LETTER_M = 0x6d;

export const isBlank = (byte: number | undefined): boolean =>
  byte === SPACE || byte === TAB || byte === CR || byte === VT || byte === FF;

/** Letters, digits, `_`, `$` and all that is not ASCII. */
export const isWordByte = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === UNDERSCORE ||
    byte === DOLLAR ||
    byte >= 0x80);

/** What makes a plus or minus after it part of a number: `e`, `E`, `p`, `P`. */
export const isExponent = (byte: number | undefined): boolean =>
  byte === 0x65 || byte === 0x45 || byte === 0x70 || byte === 0x50;
