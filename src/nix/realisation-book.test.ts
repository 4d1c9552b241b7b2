import { expect, it } from 'vitest';
import { drvPath, storePath } from '../model/ids.ts';
import { RealisationBook } from './realisation-book.ts';

const drvOf = (name: string) => drvPath(`/nix/store/${name}.drv`);
const [a, b, c, d] = [drvOf('a'), drvOf('b'), drvOf('c'), drvOf('d')];
const outputOf = (drv: string) => storePath(drv.replace('.drv', ''));
const remembered = (book: RealisationBook) => book.entries().map(([drv]) => drv);

function bookOf() {
  const book = new RealisationBook();
  for (const drv of [a, b, c, d]) book.record(drv, outputOf(drv));
  return book;
}

it('keeps no more than it is to, and those that were used last', () => {
  const book = bookOf();
  book.retain(4);
  expect(remembered(book)).toEqual([a, b, c, d]);
  book.touch([a]);
  book.record(b, outputOf(b));
  book.retain(3);
  expect(remembered(book)).toEqual([d, a, b]);
  expect(book.size).toBe(3);
  expect(book.outputOf(c)).toBeUndefined();
  expect(book.outputOf(a)).toBe(outputOf(a));
});

it('is not filled by what is in use and was never made', () => {
  const book = bookOf();
  book.touch([drvOf('e')]);
  expect(book.size).toBe(4);
});
