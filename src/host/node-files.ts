import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  type BigIntStats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import type { FileStamp, ProjectFiles } from './ports.ts';

/**
 * Synchronous on purpose: a stat is 5 µs where its asynchronous twin is ten times that, and 10,000 of them are the
 * start of a large project.
 */
export function createNodeFiles(directory: string): ProjectFiles {
  const root = realpathSync(directory);
  const absolute = (path: string): string => join(root, path);
  let writes = 0;
  const temporaryBeside = (path: string): string =>
    join(dirname(path), `.${String(process.pid)}.${String(writes++)}.makenix-tmp`);
  return {
    root,
    list(skip) {
      const found: ProjectPath[] = [];
      listInto(found, root, '', skip);
      return found;
    },
    names: (path) => readDirectory(absolute(path)).map(({ name }) => name),
    stat(path) {
      const stats = statOf(absolute(path));
      return stats?.isFile() === true ? stampOf(stats) : undefined;
    },
    exists: (path) => existsSync(absolute(path)),
    read(path) {
      try {
        return readFileSync(absolute(path));
      } catch (error) {
        if (isAbsence(error)) return undefined;
        throw error;
      }
    },
    write(path, contents, { executable = false } = { executable: false }) {
      const target = absolute(path);
      const temporary = temporaryBeside(target);
      mkdirSync(dirname(target), { recursive: true });
      try {
        writeFileSync(temporary, contents);
        if (executable) chmodSync(temporary, 0o755);
        renameSync(temporary, target);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
    },
    rename(from, to) {
      renameSync(absolute(from), absolute(to));
    },
    remove(path) {
      rmSync(absolute(path), { force: true, recursive: true });
    },
    setTime(path, mtimeNs) {
      const target = absolute(path);
      utimesSync(target, statSync(target).atime, Number(mtimeNs / 1000n) / 1e6);
    },
    link(path, target) {
      const link = absolute(path);
      const existing = lstatSync(link, { throwIfNoEntry: false });
      if (existing !== undefined && !existing.isSymbolicLink())
        throw new Error(`${link} is there and is no symbolic link`);
      const temporary = temporaryBeside(link);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(target, temporary);
      renameSync(temporary, link);
    },
    realPath(path) {
      try {
        return realpathSync.native(absolute(path));
      } catch {
        return undefined;
      }
    },
    readLink(path) {
      try {
        return readlinkSync(absolute(path));
      } catch {
        return undefined;
      }
    },
  };
}

function listInto(
  found: ProjectPath[],
  root: string,
  directory: string,
  skip: (path: ProjectPath, isDirectory: boolean) => boolean,
): void {
  const entries = readDirectory(join(root, directory));
  for (const entry of entries) {
    const path = trustedProjectPath(directory === '' ? entry.name : `${directory}/${entry.name}`);
    if (entry.isDirectory()) {
      if (!skip(path, true)) listInto(found, root, path, skip);
    } else if (entry.isFile() || (entry.isSymbolicLink() && isFile(join(root, path)))) {
      if (!skip(path, false)) found.push(path);
    }
  }
}

/** A directory that vanishes or may not be read while we walk is an empty one. */
function readDirectory(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

const isFile = (path: string): boolean => statOf(path)?.isFile() === true;

/** `throwIfNoEntry` alone still throws where what should be a directory is a file, or may not be entered. */
function statOf(path: string) {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

const stampOf = (stats: BigIntStats): FileStamp => ({
  size: Number(stats.size),
  mtimeNs: stats.mtimeNs,
  ctimeNs: stats.ctimeNs,
  inode: stats.ino,
  isExecutable: (stats.mode & 0o100n) !== 0n,
});

const isAbsence = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'ELOOP'].includes(String(error.code));
