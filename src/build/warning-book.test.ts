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

  it('goes on in the next run', () => {
    const book = new WarningBook();
    book.record(a, 'v1', [warning(1)]);
    expect(linesOf(new WarningBook(book.entries()), 'v1')).toEqual([1]);
  });
});
