import type { Failure } from '../model/failure.ts';
import { projectPath, type ProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Git } from './git.ts';

/** A file as the next commit would have it. */
export interface IndexFile {
  readonly kind: 'file' | 'link';
  /** Name of the object that holds its contents, respectively what the link says. */
  readonly object: string;
  /** The submodule that has the object; undefined for the repository itself. */
  readonly repository: string | undefined;
}

export interface IndexListing {
  /** Name of the tree that a commit would have for the project; with submodules, it is not all there is to know. */
  readonly tree: string;
  readonly files: ReadonlyMap<ProjectPath, IndexFile>;
}

/**
 * What a commit would contain, of the project. The index is asked for the tree it makes (`write-tree`) and not for its
 * entries: files that are only intended to be added are no part of it, and a sparse checkout is whole. A submodule is
 * taken at the commit that the index names, if that is there.
 */
export async function listIndex(git: Git): Promise<Result<IndexListing, Failure>> {
  const whole = await git.run(['write-tree']);
  if (!whole.ok) {
    const unmerged = await git.run(['ls-files', '--unmerged', '-z']);
    const paths = new Set((unmerged.ok ? unmerged.value : '').split('\0').flatMap((each) => each.split('\t')[1] ?? []));
    return paths.size > 0 ? fail({ kind: 'index-unmerged', paths: [...paths] }) : whole;
  }
  const name = whole.value.trim();
  // Not `write-tree --prefix`, which fails where the project has no files.
  const listed = await git.run([
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    name,
    '--',
    ...(git.prefix === '' ? [] : [git.prefix]),
  ]);
  if (!listed.ok) return listed;
  const files = new Map<ProjectPath, IndexFile>();
  const submodules = new Map<ProjectPath, string>();
  collect(listed.value, git.prefix, '', undefined, files, submodules);
  // A submodule may have submodules of its own: a map gives also what is added while it is gone through.
  for (const [path, commit] of submodules) {
    const repository = `${git.top}/${git.prefix}${path}`;
    const inside = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit], { repository });
    // Not checked out, or not this commit: to the compiler it is an empty directory, as it is to everybody without it.
    if (inside.ok) collect(inside.value, '', `${path}/`, repository, files, submodules);
  }
  return ok({ tree: name, files });
}

/** Takes in the lines `MODE TYPE OBJECT\tPATH\0` of `ls-tree -z`. */
function collect(
  text: string,
  prefix: string,
  below: string,
  repository: string | undefined,
  files: Map<ProjectPath, IndexFile>,
  submodules: Map<ProjectPath, string>,
): void {
  for (const entry of text.split('\0')) {
    const match = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(entry);
    if (match === null) continue;
    const [, mode = '', object = '', full = ''] = match;
    const name = full.slice(prefix.length);
    // Objects of a submodule need not come from a well-behaved git.
    const path = projectPath(`${below}${name}`);
    if (path !== `${below}${name}` || path.split('/').includes('.git')) continue;
    if (mode === '160000') submodules.set(path, object);
    else if (mode === '120000') files.set(path, { kind: 'link', object, repository });
    else if (mode.startsWith('100')) files.set(path, { kind: 'file', object, repository });
  }
}
