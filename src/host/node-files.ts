import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
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
import type { FileStamp, ListedDirectory, ProjectFiles } from './ports.ts';

/**
 * Synchronous on purpose: a stat is 5 µs where its asynchronous twin is ten times that, and 10,000 of them are the
 * start of a large project.
 */
export function createNodeFiles(directory: string): ProjectFiles {
  const root = realpathSync(directory);
  // Paths are normal: there is nothing to join, which would be a tenth of a look at all of them.
  const absolute = (path: string): string => (path === '' ? root : `${root}/${path}`);
  // Not the process's number: in two containers, two may have the same, and the next that has it may find what is left of this one.
  const writer = randomBytes(6).toString('hex');
  /** Of what is about to be written or removed: no link on the way leads out. What the path itself is does not matter. */
  const inside = (path: string): string => {
    const target = absolute(path);
    const real = realDirectory(dirname(target));
    if (root !== '/' && real !== root && !real.startsWith(`${root}/`)) {
      throw new Error(
        existsSync(root) ? `a link on the way leads out of ${root}, to ${real}` : `${root} is not there any more`,
      );
    }
    return target;
  };
  let writes = 0;
  const swept = new Set<string>();
  const temporaryBeside = (path: string): string => {
    const directory = dirname(path);
    mkdirSync(directory, { recursive: true });
    if (!swept.has(directory)) sweep(directory);
    swept.add(directory);
    return join(directory, `.${writer}.${String(writes++)}${temporarySuffix}`);
  };
  return {
    root,
    list(skip) {
      return [...walk(root, skip)].flatMap(({ files }) => files);
    },
    walk: (skip) => walk(root, skip),
    names: (path) =>
      readDirectory(absolute(path)).flatMap(({ name }) => (name.endsWith(temporarySuffix) ? [] : [name])),
    stat(path) {
      const stats = statOf(absolute(path));
      return stats?.isFile() === true ? stampOf(stats) : undefined;
    },
    exists: (path) => existsSync(absolute(path)),
    read(path) {
      try {
        return readRegular(absolute(path));
      } catch (error) {
        if (isAbsence(error)) return undefined;
        throw error;
      }
    },
    write(path, contents, { executable = false } = { executable: false }) {
      const target = inside(path);
      const temporary = temporaryBeside(target);
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
      renameSync(inside(from), inside(to));
    },
    remove(path) {
      rmSync(inside(path), { force: true, recursive: true });
    },
    setTime(path, mtimeNs) {
      const target = inside(path);
      // It is the file behind a link that gets the time.
      if (root !== '/' && !realpathSync.native(target).startsWith(`${root}/`))
        throw new Error(`${target} leads out of ${root}`);
      utimesSync(target, statSync(target).atime, Number(mtimeNs / 1000n) / 1e6);
    },
    link(path, target) {
      const link = inside(path);
      const existing = lstatSync(link, { throwIfNoEntry: false });
      if (existing !== undefined && !existing.isSymbolicLink())
        throw new Error(`${link} is there and is no symbolic link`);
      const temporary = temporaryBeside(link);
      try {
        symlinkSync(target, temporary);
        renameSync(temporary, link);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
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

/** The real path of the nearest directory that is there. */
function realDirectory(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    // A link that leads nowhere is there.
    if (path === '/' || lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw error;
    return realDirectory(dirname(path));
  }
}

/**
 * What is no file is not there: opening a pipe would wait for somebody to write to it, and `/dev/zero` never ends. Asked of what
 * was opened, since the path may be another's by now.
 */
function readRegular(path: string): Buffer | undefined {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return fstatSync(descriptor).isFile() ? readFileSync(descriptor) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Of a file that is not whole yet; watchers ignore it, see plan/ignore.ts. */
const temporarySuffix = '.makenix-tmp';

/** Far longer than a write takes. Whether its process lives does not say it: that may be in another container. */
const abandonedMs = 60_000;

/** Removes what runs that were killed have left half-written. */
function sweep(directory: string): void {
  for (const { name } of readDirectory(directory)) {
    if (!name.endsWith(temporarySuffix)) continue;
    const path = join(directory, name);
    try {
      if (Date.now() - lstatSync(path).mtimeMs > abandonedMs) rmSync(path, { force: true });
    } catch {
      // Another run has removed it, or nobody may.
    }
  }
}

function* walk(
  root: string,
  skip: (path: ProjectPath, isDirectory: boolean) => boolean,
): Generator<ListedDirectory, void> {
  const directories = [''];
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    const files: ProjectPath[] = [];
    const links: ProjectPath[] = [];
    for (const entry of readDirectory(join(root, directory))) {
      const path = trustedProjectPath(directory === '' ? entry.name : `${directory}/${entry.name}`);
      if (entry.isDirectory()) {
        if (!skip(path, true)) directories.push(path);
      } else if (entry.isFile() || (entry.isSymbolicLink() && isFile(join(root, path)))) {
        if (!skip(path, false)) files.push(path);
      } else if (entry.isSymbolicLink() && !skip(path, true)) links.push(path);
    }
    yield { path: directory, files, links };
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
  ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'ELOOP', 'ENXIO', 'ENAMETOOLONG'].includes(String(error.code));
