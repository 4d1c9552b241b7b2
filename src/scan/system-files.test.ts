import { beforeEach, describe, expect, it } from 'vitest';
import { contentHash } from '../model/ids.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, type MemoryFiles } from '../testing/fakes/memory-files.ts';
import { sameStamp, SystemFiles } from './system-files.ts';

const cc = '/usr/bin/cc';
const header = '/usr/include/stdio.h';

let files: MemoryFiles;

beforeEach(() => {
  files = createMemoryFiles(createManualClock(), { 'usr/bin/cc': 'compiler', 'usr/include/stdio.h': 'int puts();' });
});

describe('digests of the toolchain’s files', () => {
  it('differ with contents, with paths, and with what is not there', () => {
    const digest = (contents: string, ...paths: readonly string[]): string => {
      files.put('usr/bin/cc', contents);
      return new SystemFiles(files).digest(paths);
    };
    const all = [
      digest('compiler', cc),
      digest('another', cc),
      digest('compiler', header),
      digest('compiler', cc, header),
      digest('compiler', header, cc),
      digest('compiler', cc, '/usr/bin/absent'),
      digest('compiler'),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(digest('compiler', cc)).toBe(all[0]);
  });

  it('differ with the names in directories', () => {
    const names = (): string => new SystemFiles(files).digestNames(['/usr/include', '/usr/local/include']);
    const before = names();
    files.put('usr/include/stdio.h', 'int puts(const char *);');
    expect(names()).toBe(before);
    files.put('usr/local/include/zlib.h', '');
    const installed = names();
    expect(installed).not.toBe(before);
    files.rename('usr/local/include/zlib.h', 'usr/include/zlib.h');
    expect([before, installed]).not.toContain(names());
  });

  it('are made of one look a run', () => {
    const system = new SystemFiles(files);
    const digest = system.digest([cc, header]);
    files.put('usr/bin/cc', 'upgraded meanwhile');
    expect(system.digest([cc, header])).toBe(digest);
    expect(system.hash(cc)).toBe(system.hash(cc));
    expect(files.reads).toEqual(['usr/bin/cc', 'usr/include/stdio.h']);
  });

  it('spare the reading of what an earlier run knew, and of nothing that has changed since', () => {
    const first = new SystemFiles(files);
    const digest = first.digest([cc, header, '/absent']);
    files.reads.length = 0;
    const second = new SystemFiles(files, first.entries());
    expect(second.digest([cc, header, '/absent'])).toBe(digest);
    expect(files.reads).toEqual([]);

    files.put('usr/bin/cc', 'compiler of another size');
    const third = new SystemFiles(files, first.entries());
    expect(third.digest([cc, header, '/absent'])).not.toBe(digest);
    expect(files.reads).toEqual(['usr/bin/cc']);
  });

  it('remember those files alone that were asked for and are there', () => {
    const removed = {
      stamp: { size: 1, mtimeNs: 2n, ctimeNs: 3n, inode: 4n, isExecutable: false },
      hash: contentHash('00'),
    };
    const system = new SystemFiles(files, [['/usr/lib/removed.so', removed]]);
    system.hash(cc);
    system.hash('/absent');
    expect(system.entries().map(([path]) => path)).toEqual([cc]);
  });
});

it('stamps are the same in all or not at all', () => {
  const stamp = { size: 1, mtimeNs: 2n, ctimeNs: 3n, inode: 4n, isExecutable: false };
  expect(sameStamp(stamp, { ...stamp })).toBe(true);
  for (const other of [{ size: 0 }, { mtimeNs: 0n }, { ctimeNs: 0n }, { inode: 0n }, { isExecutable: true }]) {
    expect(sameStamp(stamp, { ...stamp, ...other })).toBe(false);
  }
});
