import { describe, expect, it } from 'vitest';
import { stepName } from '../model/ids.ts';
import { WarningBook } from './warning-book.ts';

const a = stepName('a.o');
const warning = (line: number): string => `src/a.c:${line}:5: warning: careful`;
const linesOf = (book: WarningBook, version: string): readonly number[] =>
  book.diagnostics(a, () => version).map(({ line }) => line);

describe('a warning book', () => {
  it('has what was said of a version as long as that version is current, or is again', () => {
    const book = new WarningBook();
    book.record(a, 'v1', ['In function f:', warning(1), warning(2)]);
    book.record(a, 'v2', [warning(3)]);
    expect(linesOf(book, 'v1')).toEqual([1, 2]);
    expect(linesOf(book, 'v2')).toEqual([3]);
    expect(linesOf(book, 'v3')).toEqual([]);
  });

  it('forgets a version of which nothing is said any more', () => {
    const book = new WarningBook();
    book.record(a, 'v1', [warning(1)]);
    book.record(a, 'v2', [warning(2)]);
    book.record(a, 'v1', []);
    expect(linesOf(book, 'v1')).toEqual([]);
    expect(linesOf(book, 'v2')).toEqual([2]);
    book.record(a, 'v2', []);
    expect([...book.entries()]).toEqual([]);
  });

  it('replaces what was said of a version', () => {
    const book = new WarningBook();
    book.record(a, 'v1', [warning(1)]);
    book.record(a, 'v1', [warning(2)]);
    expect(linesOf(book, 'v1')).toEqual([2]);
    expect([...book.entries()]).toHaveLength(1);
  });

  it('keeps the latest versions of an object, and one that comes back is the latest', () => {
    const book = new WarningBook();
    for (let version = 0; version < 8; version++) book.record(a, String(version), [warning(version + 1)]);
    book.record(a, '0', [warning(100)]);
    book.record(a, 'new', [warning(200)]);
    expect(linesOf(book, '0')).toEqual([100]);
    expect(linesOf(book, '1')).toEqual([]);
    expect(linesOf(book, '2')).toEqual([3]);
    expect([...book.entries()][0]?.[1]).toHaveLength(8);
  });

  it('asks for the version of an object only where it knows of one', () => {
    const book = new WarningBook([[a, [{ version: 'v1', lines: [warning(1)] }]]]);
    const refuse = (): string => {
      throw new Error('asked');
    };
    expect(book.diagnostics(stepName('b.o'), refuse)).toEqual([]);
    expect(() => book.diagnostics(a, refuse)).toThrow('asked');
  });

  it('of objects that are gone, keeps as many as there are, those that were compiled last', () => {
    const nameOf = (n: number) => stepName(`u${n}.o`);
    /** Of so many objects, each new one takes the place of the oldest but one, which stays. */
    const rememberedOf = (objects: number): readonly number[] => {
      const book = new WarningBook();
      for (let n = 0; n < 1000; n++) {
        book.record(nameOf(n), 'v1', [warning(1)]);
        // One that is compiled again is the latest.
        if (n === 990) book.record(nameOf(500), 'v2', [warning(2)]);
        const present = new Set([0, ...Array.from({ length: objects - 1 }, (_, i) => n - i)].map(nameOf));
        book.retain(present);
      }
      return [...book.entries()].map(([step]) => Number(/\d+/.exec(step)?.[0])).sort((a, b) => a - b);
    };
    const upTo999 = (length: number) => Array.from({ length }, (_, i) => 1000 - length + i);
    expect(rememberedOf(2)).toEqual([0, 500, ...upTo999(50)]);
    expect(rememberedOf(100)).toEqual([0, 500, ...upTo999(198)]);
  });

  it('goes on in the next run', () => {
    const book = new WarningBook();
    book.record(a, 'v1', [warning(1)]);
    expect(linesOf(new WarningBook(book.entries()), 'v1')).toEqual([1]);
  });
});
