import { describe, expect, it } from 'vitest';
import { builderEndOf } from './builder-end.ts';

const drv = '/nix/store/imbinfg0v6myfyxl4zy76pvm2w10h0r5-object-src-hello.o.drv';
/** As 2.26 and 2.34 say it, and 2.34 by `nix build`. */
const forms: readonly ((reason: string) => string)[] = [
  (reason) => `builder for '${drv}' ${reason}`,
  (reason) => `Cannot build '${drv}'.\nReason: builder ${reason}.`,
  (reason) => `Cannot build '${drv}'.\nReason: 'builder ${reason}'.`,
];

describe.each(forms)('of a builder, in form %#', (form) => {
  it('that failed, says with what', () => {
    expect(builderEndOf(form('failed with exit code 1'))).toEqual({
      words: 'builder failed with exit code 1',
      by: 'itself',
    });
  });

  it.each([1, 2, 9, 15])('that was ended by signal %i, knows that others did that', (signal) => {
    const words = `builder failed due to signal ${signal} (Word)`;
    expect(builderEndOf(form(words.slice('builder '.length)))).toEqual({ words, by: 'others' });
  });

  it.each([4, 6, 7, 8, 11, 91, 150])('that ended by signal %i, holds that against it', (signal) => {
    expect(builderEndOf(form(`failed due to signal ${signal} (Word)`))).toMatchObject({ by: 'unknown' });
  });

  it('that made nothing, says so', () => {
    const words = "builder failed to produce output path for output 'out' at '/nix/store/x'";
    expect(builderEndOf(form(words.slice('builder '.length)))).toEqual({ words, by: 'unknown' });
  });
});

it('is not told anything by what the builder printed', () => {
  const log = ';\nlast 2 log lines:\n> builder failed due to signal 9 (Killed)\nReason: builder failed due to signal 9';
  expect(builderEndOf(`builder for '${drv}' failed with exit code 1${log}`)).toEqual({
    words: 'builder failed with exit code 1',
    by: 'itself',
  });
});

it('gives the first line of what it does not know', () => {
  expect(builderEndOf('something else\nand more').words).toBe('something else');
  expect(builderEndOf('')).toEqual({ words: '', by: 'unknown' });
});
