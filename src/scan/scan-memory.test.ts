import { expect, it } from 'vitest';
import { contentHash, stepName, trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { paths } from '../testing/fakes/memory-files.ts';
import { ScanMemory } from './scan-memory.ts';

const step = stepName('src/a.o');
const source = trustedProjectPath('src/a.c');
const inputsWith = (...headers: readonly string[]) => ({ source, headers: paths(...headers), system: [] });
/** Of files whose contents are these. */
const tree = (files: Readonly<Record<string, string>>) => (path: ProjectPath) =>
  files[path] === undefined ? undefined : contentHash(files[path]);

const first = { 'src/a.c': '1', 'a.h': '1' };
const second = { 'src/a.c': '2', 'b.h': '1' };

it('recalls what a unit read of the very contents, and nothing else', () => {
  const memory = new ScanMemory();
  const [one, other] = [inputsWith('a.h'), inputsWith('b.h')];
  memory.record(step, 'gcc', one, tree(first));
  memory.record(step, 'gcc', other, tree(second));
  expect(memory.recall(step, 'gcc', tree(first))).toBe(one);
  expect(memory.recall(step, 'gcc', tree(second))).toBe(other);
  expect(memory.recall(step, 'gcc', tree({ ...first, 'a.h': '2' }))).toBeUndefined();
  expect(memory.recall(step, 'gcc', tree({ 'src/a.c': '1' }))).toBeUndefined();
  expect(memory.recall(step, 'clang', tree(first))).toBeUndefined();
  expect(memory.recall(stepName('src/b.o'), 'gcc', tree(first))).toBeUndefined();
});

it('takes the last word on the same contents, and keeps the four that were last', () => {
  const memory = new ScanMemory();
  for (const version of ['0', '1', '2', '3', '4']) {
    memory.record(step, 'gcc', inputsWith(), tree({ 'src/a.c': version }));
    memory.record(step, 'gcc', inputsWith(), tree({ 'src/a.c': version }));
  }
  const known = ['0', '1', '2', '3', '4'].filter((version) => memory.recall(step, 'gcc', tree({ 'src/a.c': version })));
  expect(known).toEqual(['1', '2', '3', '4']);
});

it('of units that are gone, keeps as many as there are, those that were scanned last', () => {
  const memory = new ScanMemory();
  const nameOf = (n: number) => stepName(`u${n}.o`);
  const contents = tree({ 'src/a.c': '1' });
  const isKnown = (n: number) => memory.recall(nameOf(n), 'gcc', contents) !== undefined;
  // Of a project of 300 units, each new one takes the place of the oldest but two, which stay.
  for (let n = 0; n < 1500; n++) {
    memory.record(nameOf(n), 'gcc', inputsWith(), contents);
    const present = new Set([0, 1, ...Array.from({ length: 298 }, (_, i) => n - i)].map(nameOf));
    memory.retain(present);
  }
  const known = Array.from({ length: 1500 }, (_, n) => n).filter(isKnown);
  expect(known).toEqual([0, 1, ...Array.from({ length: 598 }, (_, i) => 902 + i)]);
});
