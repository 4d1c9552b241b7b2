import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { Failure } from '../model/failure.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { stateFailure } from '../model/state-failure.ts';
import type { ProjectFiles } from '../host/ports.ts';
import { seal, unseal } from '../build/sealed-text.ts';
import { stateDirectory } from '../build/tree.ts';
import type { Git } from './git.ts';
import type { IndexFile, IndexListing } from './index-listing.ts';

/** What was written at a path, and the stamp that it had then: for which object (`OBJECT`, `link OBJECT` or `empty`). */
interface Written {
  readonly note: string;
  readonly stamp: string;
}

type Manifest = ReadonlyMap<ProjectPath, Written>;

const manifestFile = trustedProjectPath('index.json');
const treeDirectory = 'tree';

/** Where in such a directory the copy is. */
export const copyOf = (directory: string): string => `${directory}/${treeDirectory}`;

/**
 * Brings a copy of the index up to date, for a compiler to read: `files` is rooted at a directory of ours, which holds
 * the copy in `tree` and a note of what is in it. Only what changed since is written; objects are read as they are,
 * through no filter (which could want a network). `isRead` says of which files the contents matter; the others are there
 * and empty.
 */
export async function copyIndex(
  git: Git,
  { files: wanted }: IndexListing,
  files: ProjectFiles,
  isRead: (path: ProjectPath) => boolean,
): Promise<Result<void, Failure>> {
  const known = readManifest(files);
  const notes = new Map([...wanted].map(([path, file]) => [path, noteOf(path, file, isRead)] as const));
  const isCurrent = (path: ProjectPath): boolean => {
    const written = known.get(path);
    return (
      written !== undefined && written.note === notes.get(path) && written.stamp === stampOf(files, path, written.note)
    );
  };
  try {
    // What is there decides, not what is noted: an interrupted run may have left more, and anybody may have edited it.
    const there = new Set(files.list((path, isDirectory) => isDirectory && !isPartOf(path)).flatMap(fromTree));
    const stray = new Set([...there, ...known.keys()].filter((path) => !isCurrent(path)));
    for (const path of stray) files.remove(inTree(path));
    const missing = [...wanted].filter(([path]) => !isCurrent(path));
    const contents = await readObjects(
      git,
      missing.filter(([path, file]) => file.kind === 'link' || isRead(path)).map(([, file]) => file),
    );
    if (!contents.ok) return contents;
    for (const [path, file] of missing) {
      const bytes = contents.value.get(keyOf(file)) ?? Buffer.alloc(0);
      if (file.kind === 'file') files.write(inTree(path), bytes);
      else files.link(inTree(path), linkTarget(`${git.top}/${git.prefix}${path}`, git, bytes.toString('utf8')));
    }
    if (missing.length + stray.size > 0) {
      const manifest = [...notes].map(([path, note]) => [path, { note, stamp: stampOf(files, path, note) }]);
      files.write(manifestFile, seal(JSON.stringify(manifest)));
    }
    return ok(undefined);
  } catch (error) {
    return fail(stateFailure(files.root, error));
  }
}

const inTree = (path: ProjectPath): ProjectPath => trustedProjectPath(`${treeDirectory}/${path}`);

/** The path that a file of the copy stands for; nothing for what is not of the copy. */
const fromTree = (path: ProjectPath): readonly ProjectPath[] =>
  path.startsWith(`${treeDirectory}/`) ? [trustedProjectPath(path.slice(treeDirectory.length + 1))] : [];

/** Whether a directory is of the copy; beside it and in it lies what makenix remembers. */
const isPartOf = (path: ProjectPath): boolean =>
  (path === treeDirectory || path.startsWith(`${treeDirectory}/`)) && !path.endsWith(`/${stateDirectory}`);

/** What tells whether a file is the one that was written; of a link, what it says. */
function stampOf(files: ProjectFiles, path: ProjectPath, note: string): string | undefined {
  if (note.startsWith('link ')) return files.readLink(inTree(path));
  const stamp = files.stat(inTree(path));
  return stamp === undefined
    ? undefined
    : [stamp.size, stamp.mtimeNs, stamp.ctimeNs, stamp.inode].map(String).join(' ');
}

const noteOf = (path: ProjectPath, file: IndexFile, isRead: (path: ProjectPath) => boolean): string =>
  file.kind === 'link' ? `link ${file.object}` : isRead(path) ? file.object : 'empty';

/** None where it cannot be read: then all is written anew. */
function readManifest(files: ProjectFiles): Manifest {
  try {
    const text = unseal(files.read(manifestFile)?.toString('utf8') ?? '');
    return new Map(JSON.parse(text ?? '[]') as readonly (readonly [ProjectPath, Written])[]);
  } catch {
    return new Map();
  }
}

/** A link that leads out of the project leads on from the copy to the same place. */
function linkTarget(link: string, git: Git, target: string): string {
  const project = `${git.top}/${git.prefix}`.replace(/\/$/, '');
  const destination = resolve(dirname(link), target);
  const fromProject = relative(project, destination);
  const isOutside = fromProject === '..' || fromProject.startsWith('../') || isAbsolute(fromProject);
  return isOutside ? destination : target;
}

const keyOf = ({ repository, object }: IndexFile): string => `${repository ?? ''}\0${object}`;

/** Contents by `keyOf`, one process for each repository. */
async function readObjects(
  git: Git,
  files: readonly IndexFile[],
): Promise<Result<ReadonlyMap<string, Buffer>, Failure>> {
  const byRepository = new Map<string | undefined, Set<string>>();
  for (const { repository, object } of files) {
    byRepository.set(repository, (byRepository.get(repository) ?? new Set()).add(object));
  }
  const contents = new Map<string, Buffer>();
  for (const [repository, objects] of byRepository) {
    const input = [...objects].map((object) => `${object}\n`).join('');
    const options = { input, binary: true, ...(repository === undefined ? {} : { repository }) };
    const printed = await git.run(['cat-file', '--batch'], options);
    if (!printed.ok) return printed;
    const bytes = Buffer.from(printed.value, 'latin1');
    // `OBJECT TYPE SIZE\n`, the contents, `\n`; or `OBJECT missing\n`.
    for (let at = 0; at < bytes.length;) {
      const lineEnd = bytes.indexOf(0x0a, at);
      const [object = '', type = '', size = '0'] = bytes.toString('latin1', at, lineEnd).split(' ');
      if (type === 'missing')
        return fail({ kind: 'git-failed', command: 'git cat-file', output: `${object} is missing` });
      const start = lineEnd + 1;
      const end = start + Number(size);
      contents.set(keyOf({ kind: 'file', object, repository }), bytes.subarray(start, end));
      at = end + 1;
    }
  }
  return ok(contents);
}
