import { expect, it } from 'vitest';
import { storePath, trustedProjectPath } from '../model/ids.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import { narHash } from './nar.ts';
import type { ReadFile } from './plan-derivations.ts';
import { StoreSources } from './store-sources.ts';
import { createWireWriter } from './worker/wire.ts';

const files = createMemoryFiles(createManualClock(), { 'a.c': 'text of a', 'b.c': 'text of b' });
const fileOf = (name: string): ReadFile => ({
  path: storePath(`/nix/store/z3n6ml62lc6l9glpaz6fq7fvi2rks9vq-${name}.c`),
  file: trustedProjectPath(`${name}.c`),
  nar: narHash(Buffer.from(`text of ${name}`), false),
});
const [a, b] = [fileOf('a'), fileOf('b')];

/** Which of the files are sent. */
function sent(sources: StoreSources, wanted: readonly ReadFile[]): readonly string[] | string {
  const adding = sources.adding(wanted);
  if (!adding.ok) return adding.failure;
  const writer = createWireWriter();
  for (const operation of adding.value) operation.request(writer);
  const text = Buffer.from(writer.bytes()).toString('latin1');
  return ['a', 'b'].filter((name) => text.includes(`text of ${name}`));
}

it('sends what no connection holds, whether or not the store has it', () => {
  const sources = new StoreSources(files);
  expect(sent(sources, [a])).toEqual(['a']);
  expect(sent(sources, [a])).toEqual(['a']);
  sources.added([a]);
  expect(sent(sources, [a, b])).toEqual(['b']);
  sources.added([a, b]);
  expect(sent(sources, [a, b])).toEqual([]);
});

it('sends all of it again once a connection is gone', () => {
  const sources = new StoreSources(files);
  sent(sources, [a, b]);
  sources.added([a, b]);
  sources.forget();
  expect(sent(sources, [a, b])).toEqual(['a', 'b']);
});

it('does not take for held what was on its way as a connection went', () => {
  const sources = new StoreSources(files);
  sent(sources, [a]);
  sources.forget();
  sources.added([a]);
  expect(sent(sources, [a])).toEqual(['a']);
});

it('does not take for held what was held by a connection that went during a build', () => {
  const sources = new StoreSources(files);
  sent(sources, [a]);
  sources.added([a]);
  expect(sent(sources, [a, b])).toEqual(['b']);
  sources.forget();
  sources.added([a, b]);
  expect(sent(sources, [a, b])).toEqual(['a', 'b']);
});

it('sends nothing that is another file by now', () => {
  const sources = new StoreSources(files);
  files.put('b.c', 'something else');
  expect(sent(sources, [a, b])).toBe('b.c has changed meanwhile');
  files.put('b.c', 'text of b');
});
