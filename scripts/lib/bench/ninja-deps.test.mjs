import { expect, it } from 'vitest';
import { objectsByFile } from './ninja-deps.mjs';

it('reads who was made from what', () => {
  const text = `out/src/a.o: #deps 2, deps mtime 1785158126361041203 (VALID)
    src/a.c
    src/shared.h

out/src/b.o: #deps 2, deps mtime 1785158126361041203 (VALID)
    src/b.c
    src/shared.h

`;
  expect([...objectsByFile(text)]).toEqual([
    ['src/a.c', ['out/src/a.o']],
    ['src/shared.h', ['out/src/a.o', 'out/src/b.o']],
    ['src/b.c', ['out/src/b.o']],
  ]);
});
