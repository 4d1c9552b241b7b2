import { describe, expect, it } from 'vitest';
import type { DaemonStarted } from '../model/events.ts';
import { describeBecause, describePaths, describeReason, describeResumed, describeStart } from './describe-event.ts';

describe('a reason', () => {
  it.each([
    ['modified', 'src/hello.c changed'],
    ['added', 'src/hello.c added'],
    ['removed', 'src/hello.c no longer used'],
    ['rebuilt', 'src/hello.c came out different'],
    ['flags', 'flags changed (src/hello.c)'],
    ['toolchain', 'toolchain changed (src/hello.c)'],
    ['first-seen', 'new'],
    ['missing-output', 'src/hello.c is not in the store'],
  ] as const)('%s reads "%s"', (change, words) => {
    expect(describeReason({ path: 'src/hello.c', change })).toBe(words);
  });

  it('of a step that was cut off came out the same', () => {
    const because = [{ path: 'src/hello.o', change: 'rebuilt' }] as const;
    expect(describeBecause(because, 'cut-off')).toBe('src/hello.o came out the same');
    expect(describeBecause(because, 'rebuilt')).toBe('src/hello.o came out different');
  });

  it('is one of several, which are counted', () => {
    const because = ['a.o', 'b.o', 'c.o'].map((path) => ({ path, change: 'rebuilt' }) as const);
    expect(describeBecause(because)).toBe('a.o came out different, and 2 more');
    expect(describeBecause([])).toBe('');
  });
});

it('names the first three paths', () => {
  expect(describePaths(['a', 'b', 'c'])).toBe('a, b, c');
  expect(describePaths(['a', 'b', 'c', 'd'])).toBe('a, b, c and 1 more');
});

it('says why another daemon had to go on, by the first line of what is known', () => {
  expect(describeResumed('the Nix daemon went away: killed\nlast words\n')).toBe(
    'went on with another Nix daemon: the Nix daemon went away: killed',
  );
});

it('introduces itself with what is out of the ordinary', () => {
  const started: DaemonStarted = {
    kind: 'daemon-started',
    versions: { makenix: '0.1.0', nix: 'nix (Nix) 2.34.8', compiler: 'gcc 12.2.0' },
    store: '/tmp/store',
    toolchain: 'nixpkgs',
    addressing: 'input',
  };
  expect(describeStart(started)).toBe(
    'makenix 0.1.0 · nix (Nix) 2.34.8 · gcc 12.2.0 · nixpkgs toolchain · store /tmp/store · input-addressed, so nothing is cut off early',
  );
  expect(
    describeStart({
      ...started,
      versions: { ...started.versions, nix: '2.34.8' },
      store: 'auto',
      addressing: 'content',
    }),
  ).toBe('makenix 0.1.0 · nix 2.34.8 · gcc 12.2.0 · nixpkgs toolchain');
});
