import { expect, it } from 'vitest';
import { differences, saidBy } from './answer.mjs';

/** @type {import('./answer.mjs').Answer} */
const fresh = {
  expression: 'one\ntwo\n',
  said: ['failed: a.o', 'app: /nix/store/app.drv'],
  realised: new Map([['/nix/store/b.drv', '/nix/store/b']]),
};

it('finds nothing where a watch has come to the same, whatever it knows of before', () => {
  expect(differences(fresh, fresh)).toEqual([]);
  const realised = new Map([...fresh.realised, ['/nix/store/old.drv', '/nix/store/old']]);
  expect(differences({ ...fresh, realised }, fresh)).toEqual([]);
});

it('takes no expression for any, where a fresh run cannot make one', () => {
  expect(differences(fresh, { ...fresh, expression: undefined })).toEqual([]);
});

it('names what differs', () => {
  expect(differences({ ...fresh, expression: 'one\nthree\n' }, fresh)).toEqual([
    'only the watch generates: three',
    'only a fresh run generates: two',
    'what is generated differs',
  ]);
  expect(differences({ ...fresh, expression: 'two\none\n' }, fresh)).toEqual(['what is generated differs']);
  expect(differences({ ...fresh, said: ['failed: a.o', 'app: /nix/store/other.drv'] }, fresh)).toEqual([
    'only the watch says: app: /nix/store/other.drv',
    'only a fresh run says: app: /nix/store/app.drv',
  ]);
  expect(differences({ ...fresh, realised: new Map() }, fresh)).toEqual([
    '/nix/store/b.drv gives /nix/store/b; to the watch, it is not known',
  ]);
  expect(differences({ ...fresh, realised: new Map([['/nix/store/b.drv', '/nix/store/c']]) }, fresh)).toEqual([
    '/nix/store/b.drv gives /nix/store/b; to the watch, /nix/store/c',
  ]);
  // By the name that is in use.
  expect(differences({ ...fresh, realised: new Map([['/nix/store/resolved.drv', '/nix/store/b']]) }, fresh)).toEqual(
    [],
  );
});

it('hears failures without the place of the tree, and nothing of what there was to do', () => {
  const envelope = /** @type {const} */ ({ v: 1, seq: 1, cycle: 1, at: 1 });
  const finished = /** @type {const} */ ({
    kind: 'cycle-finished',
    rebuilt: ['b.o'],
    cutOff: [],
    reused: 1,
    ms: 1,
    ownMs: 1,
  });
  const output = {
    target: 'app',
    drvPath: '/nix/store/app.drv',
    outPath: '/nix/store/app',
    file: 'bin/app',
    link: 'result',
  };
  const said = saidBy(
    [
      { ...envelope, kind: 'failure', failure: { kind: 'no-sources', root: '/somewhere/tree' } },
      { ...envelope, ...finished, outcome: 'failed', failed: ['a.o'], outputs: [output] },
    ],
    '/somewhere/tree',
  );
  expect(said).toEqual([
    '{"kind":"no-sources","root":"."}',
    'it failed',
    'failed: a.o',
    'app: /nix/store/app.drv /nix/store/app bin/app result',
  ]);
});
