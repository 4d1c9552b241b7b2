import { expect, it } from 'vitest';
import { drvPath, stepName, storePath } from '../model/ids.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import { linkOf, planOf } from '../testing/fakes/steps.ts';
import type { OpenedStore } from '../nix/store.ts';
import { linkResults } from './outputs.ts';

const store = { root: '/store/' } as OpenedStore;

const link = (names: readonly string[], files = createMemoryFiles(createManualClock())) => {
  const plan = planOf(
    [],
    names.map((name) => linkOf(name, [], { path: `sub/${name}` })),
  );
  const outputs = new Map(
    names.map((name) => [
      stepName(name),
      { drvPath: drvPath(`/nix/store/d-${name}.drv`), outPath: storePath(`/nix/store/o-${name}`) },
    ]),
  );
  const { outputs: linked, unwritten } = linkResults(files, store, plan, outputs);
  return { files, linked, unwritten };
};

it('links the outputs in the order of the targets, and says where each product lies', () => {
  const { files, linked } = link(['a', 'b']);
  expect(linked.map(({ target, file, link: name }) => [target, file, name])).toEqual([
    ['a', 'bin/a', 'result'],
    ['b', 'bin/b', 'result-1'],
  ]);
  expect(files.readLink(linked[1]?.link as never)).toBe('/store/nix/store/o-b');
});

it('leaves what else has the name alone', () => {
  const { files, linked } = link(['a'], createMemoryFiles(createManualClock(), { result: 'mine' }));
  expect(linked[0]?.link).toBeNull();
  expect(files.read('result' as never)?.toString()).toBe('mine');
});

it('says which link leads to what was built before, since it could not be written', () => {
  const files = createMemoryFiles(createManualClock());
  const { unwritten: nothing } = link(['a'], files);
  files.link('result' as never, '/store/nix/store/o-old');
  const refusing = {
    ...files,
    link: () => {
      throw Object.assign(new Error("ENOSPC: no space left on device, symlink 'a' -> 'b'"), { code: 'ENOSPC' });
    },
  };
  const { linked, unwritten } = link(['a'], refusing);
  expect(nothing).toBeUndefined();
  expect(linked[0]?.link).toBeNull();
  const failure = { path: 'result', problem: 'no space left on device', reason: 'no-space' };
  expect(unwritten).toEqual({ kind: 'state-unwritable', ...failure });
});

it('links no more than twenty', () => {
  const names = Array.from({ length: 23 }, (_, i) => `t${i}`);
  const { linked } = link(names);
  expect(linked.map(({ link: name }) => name === null)).toEqual(names.map((_, i) => i >= 20));
});
