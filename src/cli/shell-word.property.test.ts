import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable } from '../report/printable.ts';
import { canaryNames, hostileNames } from '../testing/hostile-names.ts';
import { shellWord } from './shell-word.ts';

it('is one word to a shell, the one that was given, and safe for a terminal', () => {
  const any = fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replace(/\0|\p{Surrogate}/gu, ''));
  // At the end of what a command prints, shells take line breaks away.
  const words = [...hostileNames, ...canaryNames, ...fc.sample(any, 300)].filter((word) => !word.endsWith('\n'));
  const shown = words.map(shellWord);
  for (const word of shown) expect(printable(word)).toBe(word);
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${shown.join(' ')}`], { encoding: 'utf8' });
  expect(printed.split('\0').slice(0, -1)).toEqual(words);
});
