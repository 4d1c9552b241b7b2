import type { ProjectFiles } from '../host/ports.ts';
import type { PlaceFailure } from '../model/failure.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { stateDirectory } from './tree.ts';

/** The state directory, and what of it Nix, git and compilers are told to write to. */
const stateDirectories = [stateDirectory, ...['gcroots', 'index', 'scan'].map((name) => `${stateDirectory}/${name}`)];

/**
 * Why something that is about to be written, in `.makenix` or one of the files `generated`, would come to lie outside of the project.
 * A link in the place of a file is no reason: it is replaced. `ProjectFiles` refuse to write there too; but other programs
 * write as well, and a build of which nothing could be remembered is better not begun.
 */
export function placeOutside(
  files: Pick<ProjectFiles, 'root' | 'readLink' | 'realPath'>,
  generated: readonly ProjectPath[],
): PlaceFailure | undefined {
  const leading = generated.flatMap((path) => directoriesTo(path).map((directory) => ({ path, directory })));
  const all = [...stateDirectories.map((directory) => ({ path: stateDirectory, directory })), ...leading];
  for (const { path, directory } of all) {
    const link = trustedProjectPath(directory);
    const says = files.readLink(link);
    if (says === undefined) continue;
    // One that leads nowhere may come to lead anywhere.
    const to = files.realPath(link) ?? says;
    if (to !== files.root && !to.startsWith(`${files.root}/`)) return { kind: 'leads-outside', path, link, to };
  }
  return undefined;
}

/** `a` and `a/b` of `a/b/file`. */
const directoriesTo = (path: ProjectPath): readonly string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, i, parts) => parts.slice(0, i + 1).join('/'));
