import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import { createManualClock, type ManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, paths, tickMs, type MemoryFiles } from '../testing/fakes/memory-files.ts';
import { FileIndex } from './file-index.ts';

const a = trustedProjectPath('src/a.c');
const b = trustedProjectPath('src/b.h');
const both = [b, a];
/** Longer than a file is too young to be sure of. */
const settled = 10_000;

let clock: ManualClock;
let files: MemoryFiles;
let index: FileIndex;

beforeEach(() => {
  clock = createManualClock();
  files = createMemoryFiles(clock, { 'src/a.c': '#include "b.h"\n', 'src/b.h': 'int b;\n' });
  index = new FileIndex(files, clock);
});

describe('a file index', () => {
  it('takes files in, and tells them as new, in order', () => {
    const changes = index.refresh(both);
    expect(changes.map(({ path, before }) => [path, before])).toEqual([
      [a, undefined],
      [b, undefined],
    ]);
    expect(index.get(a)?.projection.operands).toEqual(['"b.h"']);
    expect(index.refresh(both)).toEqual([]);
  });

  it('knows a file by more than size and time: another in its place has a number, and any edit a time, of its own', () => {
    clock.advance(settled);
    index.refresh(both);
    const before = files.stat(a)!;
    files.write(a, '#include "c.h"\n');
    files.setTime(a, before.mtimeNs);
    expect(files.stat(a)).toMatchObject({ size: before.size, mtimeNs: before.mtimeNs });
    expect(index.isCurrent(a)).toBe(false);
    expect(index.refresh(both)).toMatchObject([{ path: a }]);
  });

  it.each([
    ['an older', -86_400_000_000_000n],
    ['a younger', 86_400_000_000_000n],
  ])('takes a file that is edited, and given %s time than it had, for another', (_, ns) => {
    clock.advance(settled);
    index.refresh(both);
    const { mtimeNs } = files.stat(a)!;
    files.put('src/a.c', '#include "c.h"\n');
    files.setTime(a, mtimeNs + ns);
    expect(index.isCurrent(a)).toBe(false);
    expect(index.refresh(both)).toMatchObject([{ path: a }]);
  });

  it('does not trust the time that somebody has given a file that was written just now', () => {
    files.setTime(a, 1n);
    index.refresh(both);
    // Within the tick: the file system has no other stamp for it.
    files.put('src/a.c', '#include "c.h"\n');
    files.setTime(a, 1n);
    expect(index.isCurrent(a)).toBe(false);
    expect(index.refresh(both)).toMatchObject([{ path: a }]);
  });

  it('finds what is written after the clock was set back, in files from before that and after it', () => {
    clock.advance(settled);
    index.refresh(both);
    let nowMs = clock.now() - 3_600_000;
    const behind = { ...clock, now: () => nowMs };
    const later = new FileIndex(files, behind, index.entries());
    expect(later.isCurrent(a)).toBe(true);
    files.put('src/a.c', '#include "c.h"\n');
    expect(later.refresh(both)).toMatchObject([{ path: a }]);
    files.put('src/a.c', '#include "d.h"\n');
    expect(later.isCurrent(a)).toBe(false);
    nowMs += settled;
    expect(later.refresh(both)).toMatchObject([{ path: a }]);
  });

  it('reads a file that was young, or is touched, once more and then no more', () => {
    index.refresh(both);
    clock.advance(settled);
    files.reads.length = 0;
    expect([index.isCurrent(a), index.isCurrent(a), index.isCurrent(b)]).toEqual([true, true, true]);
    expect(files.reads).toEqual([a, b]);
    files.touch(a);
    clock.advance(settled);
    expect([index.isCurrent(a), index.isCurrent(a)]).toEqual([true, true]);
    expect(index.refresh(both)).toEqual([]);
    expect(files.reads).toEqual([a, b, a]);
    const remembered = new FileIndex(files, clock, index.entries());
    expect(remembered.isCurrent(a)).toBe(true);
    expect(files.reads).toHaveLength(3);
  });

  it('takes a file that is touched for the one it was', () => {
    index.refresh(both);
    const before = index.get(a);
    clock.advance(settled);
    files.touch('src/a.c');
    expect(index.isCurrent(a)).toBe(true);
    expect(index.refresh(both)).toEqual([]);
    expect(index.get(a)?.hash).toBe(before?.hash);
    expect(index.get(a)?.projection).toBe(before?.projection);
  });

  it.each([0, settled])('takes one that may be executed for another, %i ms after it was read', (ms) => {
    index.refresh(both);
    clock.advance(settled);
    index.refresh(both);
    const before = index.get(a);
    clock.advance(ms);
    files.setExecutable('src/a.c', true);
    expect(index.isCurrent(a)).toBe(false);
    expect(index.refresh(both)).toMatchObject([
      { path: a, after: { hash: before?.hash, projection: before?.projection } },
    ]);
    expect(index.get(a)?.nar).not.toBe(before?.nar);
    files.setExecutable('src/a.c', false);
    expect(index.refresh(both)).toHaveLength(1);
    expect(index.get(a)?.nar).toBe(before?.nar);
  });

  it('does not read again what is old and has the same stamp', () => {
    clock.advance(settled);
    index.refresh(both);
    files.reads.length = 0;
    expect(index.refresh(both)).toEqual([]);
    expect(index.isCurrent(a)).toBe(true);
    expect(files.reads).toEqual([]);
  });

  it('reads again what was young when it was read, until it is not', () => {
    index.refresh([a]);
    clock.advance(settled);
    index.refresh([a]);
    files.reads.length = 0;
    index.refresh([a]);
    expect(files.reads).toEqual([]);
  });

  it.each([0, tickMs - 1, 1500])('notices a rewrite of the same size and stamp, %i ms after it was read', (ms) => {
    // The same tick, or the two seconds of a file system that has no finer one.
    const stamp = files.stat(a);
    index.refresh([a]);
    clock.advance(ms);
    const rewritten = { ...files, read: () => Buffer.from('#include "c.h"\n'), stat: () => stamp };
    const later = new FileIndex(rewritten, clock, index.entries());
    expect(later.isCurrent(a)).toBe(false);
    const [change] = later.refresh([a]);
    expect(change?.before?.projection.operands).toEqual(['"b.h"']);
    expect(change?.after?.projection.operands).toEqual(['"c.h"']);
  });

  it('tells a file that vanishes, and one that comes back', () => {
    index.refresh(both);
    files.remove(b);
    expect(index.isCurrent(b)).toBe(false);
    expect(index.refresh(both)).toMatchObject([{ path: b, after: undefined }]);
    expect(index.get(b)).toBeUndefined();
    expect(index.refresh(both)).toEqual([]);

    files.put('src/b.h', 'int b;\n');
    expect(index.refresh(both)).toMatchObject([{ path: b, before: undefined }]);
  });

  it('takes nothing in when it is only asked', () => {
    index.refresh([a]);
    files.put('src/a.c', 'int other;\n');
    expect(index.isCurrent(a)).toBe(false);
    expect(index.isCurrent(a)).toBe(false);
    expect(index.refresh([a])).toHaveLength(1);
  });

  it('has nothing to say of what it does not know and is not there', () => {
    expect(index.isCurrent(trustedProjectPath('no.h'))).toBe(true);
    expect(index.refresh(paths('no.h'))).toEqual([]);
  });

  it('forgets what is of no more interest', () => {
    index.refresh(both);
    index.retain((path) => path === a);
    expect([...index.paths()]).toEqual([a]);
  });

  it('goes on from what an earlier run knew, without reading', () => {
    clock.advance(settled);
    index.refresh(both);
    const next = new FileIndex(files, clock, [...index.entries()]);
    files.reads.length = 0;
    expect(next.refresh(both)).toEqual([]);
    expect(files.reads).toEqual([]);
  });
});

it('knows, whatever happens between two looks, what a fresh look would find', () => {
  const path = fc.constantFrom('a', 'b', 'c');
  /** Of one length but for one, so that the stamp alone tells nothing. */
  const text = fc.constantFrom('#if 0\n', '#if 1\n', 'int x\n', '');
  const action = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(path, text).map(
        ([name, each]) =>
          (f: MemoryFiles) =>
            f.put(name, each),
      ),
    },
    fc.tuple(path, text).map(
      ([name, each]) =>
        (f: MemoryFiles) =>
          f.write(trustedProjectPath(name), each),
    ),
    path.map((name) => (f: MemoryFiles) => f.remove(trustedProjectPath(name))),
    path.map((name) => (f: MemoryFiles) => {
      if (f.exists(trustedProjectPath(name))) f.touch(name);
    }),
    fc.tuple(path, fc.boolean()).map(([name, isExecutable]) => (f: MemoryFiles) => {
      if (f.exists(trustedProjectPath(name))) f.setExecutable(name, isExecutable);
    }),
    fc.tuple(path, path).map(([from, to]) => (f: MemoryFiles) => {
      if (f.exists(trustedProjectPath(from))) f.rename(from, to);
    }),
  );
  const round = fc.record({ actions: fc.array(action, { maxLength: 4 }), ms: fc.constantFrom(0, 1, 5, 3000) });
  fc.assert(
    fc.property(fc.array(round, { maxLength: 8 }), (rounds) => {
      const time = createManualClock();
      const memory = createMemoryFiles(time, { a: 'int x\n' });
      const old = new FileIndex(memory, time);
      const names = paths('a', 'b', 'c');
      for (const { actions, ms } of rounds) {
        const before = new Map(names.map((name) => [name, old.get(name)?.nar]));
        for (const act of actions) act(memory);
        const changes = old.refresh(names);
        const fresh = new FileIndex(memory, time);
        fresh.refresh(names);
        for (const name of names) {
          expect(old.get(name)?.hash).toBe(fresh.get(name)?.hash);
          expect(old.get(name)?.nar).toBe(fresh.get(name)?.nar);
          expect(old.get(name)?.projection).toEqual(fresh.get(name)?.projection);
          const isTold = changes.some((change) => change.path === name);
          expect(isTold).toBe(before.get(name) !== fresh.get(name)?.nar);
        }
        time.advance(ms);
      }
    }),
  );
});
