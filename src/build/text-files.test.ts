import { beforeEach, describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import { createManualClock, type ManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, type MemoryFiles } from '../testing/fakes/memory-files.ts';
import { TextFiles } from './text-files.ts';

const path = trustedProjectPath('derivation.nix');

let clock: ManualClock;
let files: MemoryFiles;
let texts: TextFiles;

beforeEach(() => {
  clock = createManualClock();
  files = createMemoryFiles(clock);
  texts = new TextFiles(files);
});

describe('a generated file', () => {
  it('is written once', () => {
    expect(texts.last(path)).toBeUndefined();
    expect(texts.write(path, 'one')).toEqual({ ok: true, value: true });
    expect(texts.write(path, 'one')).toEqual({ ok: true, value: false });
    expect(texts.write(path, 'two')).toEqual({ ok: true, value: true });
    expect(texts.last(path)).toBe('two');
    expect(files.writes).toEqual([path, path]);
  });

  it('is not written where it is there already', () => {
    files.put(path, 'one');
    expect(texts.write(path, 'one')).toEqual({ ok: true, value: false });
    expect(files.writes).toEqual([]);
  });

  it('is not read again as long as nobody touches it', () => {
    texts.write(path, 'one');
    files.reads.length = 0;
    texts.write(path, 'one');
    expect(files.reads).toEqual([]);
  });

  it('is written again where it was removed, or changed by somebody else', () => {
    texts.write(path, 'one');
    files.remove(path);
    expect(texts.write(path, 'one')).toEqual({ ok: true, value: true });
    clock.advance(100);
    files.put(path, 'old');
    expect(texts.write(path, 'one')).toEqual({ ok: true, value: true });
    expect(files.read(path)?.toString()).toBe('one');
  });

  it('that cannot be written is a failure', () => {
    const refusing: MemoryFiles = {
      ...files,
      write() {
        throw new Error('read-only');
      },
    };
    expect(new TextFiles(refusing).write(path, 'one')).toEqual({
      ok: false,
      failure: { kind: 'state-unwritable', path, problem: 'read-only', reason: 'other' },
    });
  });
});
