import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { ProjectFiles } from '../host/ports.ts';
import type { Ignored } from '../plan/ignore.ts';
import type { Appearance } from '../scan/rescan.ts';

/** What may have happened: some paths, or anything. */
export type Hints = ReadonlySet<ProjectPath> | 'everything';

export interface ListingChange {
  readonly listing: ReadonlySet<ProjectPath>;
  readonly appearances: readonly Appearance[];
  /** A directory came or went with them. */
  readonly directories: boolean;
  /** Where the tree was listed. */
  readonly links?: DirectoryLinks;
}

/** The symbolic links to directories, and what each says. Files behind them are found by the link's path, and not listed. */
export type DirectoryLinks = ReadonlyMap<ProjectPath, string>;

/**
 * Brings the set of the project's files up to date. A hint about a file is settled by looking at it; one about
 * anything else (a directory, a path that never was) lists the tree, since events below a new or moved directory are
 * not all reported.
 */
export function refreshListing(
  files: ProjectFiles,
  ignored: Ignored,
  before: ReadonlySet<ProjectPath>,
  hints: Hints,
): ListingChange {
  if (hints === 'everything') return wholeTree(files, ignored, before);
  const next = new Set(before);
  for (const path of hints) {
    if (ignored(path)) continue;
    if (files.stat(path) !== undefined) {
      if (before.has(path) || !isBehindLink(files, path)) next.add(path);
    } else if (before.has(path) && !files.exists(path)) next.delete(path);
    else return wholeTree(files, ignored, before);
  }
  return compare(before, next);
}

/**
 * Whether a path leads through a symbolic link to a directory. A listing does not enter those, and a watcher does: what
 * is behind one is listed by its own name, if it lies in the project.
 */
export function isBehindLink(files: ProjectFiles, path: ProjectPath): boolean {
  for (let above = parent(path); above !== ''; above = parent(above)) {
    if (files.readLink(trustedProjectPath(above)) !== undefined) return true;
  }
  return false;
}

function wholeTree(files: ProjectFiles, ignored: Ignored, before: ReadonlySet<ProjectPath>): ListingChange {
  const listing = new Set<ProjectPath>();
  const links = new Map<ProjectPath, string>();
  for (const directory of files.walk((path) => ignored(path))) {
    for (const path of directory.files) listing.add(path);
    for (const path of directory.links) links.set(path, files.readLink(path) ?? '');
  }
  return { ...compare(before, listing), links };
}

function compare(before: ReadonlySet<ProjectPath>, listing: ReadonlySet<ProjectPath>): ListingChange {
  const appearances: Appearance[] = [];
  for (const path of listing) if (!before.has(path)) appearances.push({ path, change: 'added' });
  for (const path of before) if (!listing.has(path)) appearances.push({ path, change: 'removed' });
  if (appearances.length === 0) return { listing: before, appearances, directories: false };
  appearances.sort((a, b) => bytewise(a.path, b.path));
  const [old, now] = [directoriesOf(before), directoriesOf(listing)];
  const directories = appearances.some(({ path }) => old.has(parent(path)) !== now.has(parent(path)));
  return { listing, appearances, directories };
}

function directoriesOf(paths: ReadonlySet<ProjectPath>): ReadonlySet<string> {
  const directories = new Set<string>(['']);
  for (const path of paths) {
    for (let above = parent(path); !directories.has(above); above = parent(above)) directories.add(above);
  }
  return directories;
}

const parent = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export const stateDirectory = trustedProjectPath('.makenix');
