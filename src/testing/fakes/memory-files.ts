import type { Clock, FileStamp, ProjectFiles } from '../../host/ports.ts';
import { trustedProjectPath, type ProjectPath } from '../../model/ids.ts';

/**
 * A file system in memory, stamped by the clock given. Like a real one it stamps with a tick that is coarser than the
 * time between two writes, so that a file rewritten at once, in the same size, bears the stamp it had.
 */
export interface MemoryFiles extends ProjectFiles {
  /** Writes in place, as editors do that keep the inode. */
  put(path: string, contents: string): void;
  /** A new time stamp and nothing else. */
  touch(path: string): void;
  rename(from: string, to: string): void;
  setExecutable(path: string, isExecutable: boolean): void;
  /** Every path that was read, in order; for tests about what was spared. */
  readonly reads: string[];
  /** Every path that was written through the port, in order. */
  readonly writes: string[];
}

export const tickMs = 4;

interface Entry {
  readonly contents: Buffer;
  readonly stamp: FileStamp;
}

export function createMemoryFiles(clock: Clock, initial: Readonly<Record<string, string>> = {}): MemoryFiles {
  const entries = new Map<string, Entry>();
  const links = new Map<string, string>();
  const reads: string[] = [];
  const writes: string[] = [];
  let inodes = 0;
  const now = (): bigint => BigInt(Math.floor(clock.now() / tickMs) * tickMs) * 1_000_000n;
  const set = (path: string, contents: Buffer, inode: bigint, isExecutable: boolean): void => {
    const stamp = { size: contents.length, mtimeNs: now(), ctimeNs: now(), inode, isExecutable };
    entries.set(path, { contents, stamp });
  };
  const nextInode = (): bigint => BigInt(++inodes);
  const isDirectory = (path: string): boolean => [...entries.keys()].some((other) => other.startsWith(`${path}/`));
  const known = (path: string): Entry => {
    const entry = entries.get(path);
    if (entry === undefined) throw new Error(`no such file: ${path}`);
    return entry;
  };

  const files: MemoryFiles = {
    root: '/project',
    reads,
    writes,
    list(skip) {
      const skipped = new Map<string, boolean>();
      const isSkipped = (directory: string): boolean => {
        if (directory === '') return false;
        let answer = skipped.get(directory);
        if (answer === undefined) {
          const above = directory.slice(0, Math.max(0, directory.lastIndexOf('/')));
          answer = isSkipped(above) || skip(trustedProjectPath(directory), true);
          skipped.set(directory, answer);
        }
        return answer;
      };
      return [...entries.keys()]
        .map(trustedProjectPath)
        .filter((path) => !isSkipped(path.slice(0, Math.max(0, path.lastIndexOf('/')))) && !skip(path, false));
    },
    *walk(skip) {
      const byDirectory = new Map<string, ProjectPath[]>([['', []]]);
      for (const path of files.list(skip)) {
        const directory = path.slice(0, Math.max(0, path.lastIndexOf('/')));
        const listed = byDirectory.get(directory);
        if (listed === undefined) byDirectory.set(directory, [path]);
        else listed.push(path);
      }
      const all = [...links.keys()].map(trustedProjectPath).filter((link) => !skip(link, true));
      for (const [path, listed] of byDirectory) {
        yield { path, files: listed, links: path === '' ? all : [] };
      }
    },
    stat: (path) => entries.get(path)?.stamp,
    exists: (path) => entries.has(path) || links.has(path) || isDirectory(path),
    read(path) {
      reads.push(path);
      return entries.get(path)?.contents;
    },
    write(path, contents, { executable } = { executable: false }) {
      writes.push(path);
      set(path, Buffer.from(contents), nextInode(), executable);
    },
    remove(path) {
      const isWithin = (other: string): boolean => other === path || other.startsWith(`${path}/`);
      for (const held of [entries, links]) for (const other of held.keys()) if (isWithin(other)) held.delete(other);
    },
    realPath: (path) => (entries.has(path) ? `/project/${path}` : undefined),
    link(path, target) {
      if (entries.has(path)) throw new Error(`${path} is there and is no symbolic link`);
      links.set(path, target);
    },
    readLink: (path) => links.get(path),
    names: (path) => [
      ...new Set(
        [...entries.keys(), ...links.keys()].flatMap((other) =>
          other.startsWith(`${path}/`) ? (other.slice(path.length + 1).split('/')[0] ?? []) : [],
        ),
      ),
    ],
    put(path, contents) {
      const stamp = entries.get(path)?.stamp;
      set(path, Buffer.from(contents), stamp?.inode ?? nextInode(), stamp?.isExecutable ?? false);
    },
    setTime(path, mtimeNs) {
      const { contents, stamp } = known(path);
      entries.set(path, { contents, stamp: { ...stamp, mtimeNs, ctimeNs: now() } });
    },
    touch(path) {
      const { contents, stamp } = known(path);
      set(path, contents, stamp.inode, stamp.isExecutable);
    },
    setExecutable(path, isExecutable) {
      const { contents, stamp } = known(path);
      entries.set(path, { contents, stamp: { ...stamp, isExecutable, ctimeNs: now() } });
    },
    rename(from, to) {
      const entry = known(from);
      entries.delete(from);
      entries.set(to, { ...entry, stamp: { ...entry.stamp, ctimeNs: now() } });
    },
  };
  for (const [path, contents] of Object.entries(initial)) files.put(path, contents);
  return files;
}

/** Literal paths in tests are known to be normal. */
export const paths = (...texts: readonly string[]): readonly ProjectPath[] => texts.map(trustedProjectPath);
