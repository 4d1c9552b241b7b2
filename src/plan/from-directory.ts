import { projectPath, type ProjectPath } from '../model/ids.ts';

/**
 * A path of the project as a program that runs in `directory` has to call it: without the directory where it lies below,
 * and otherwise up to the project and down again. The prelude of generated expressions says the same in Nix.
 */
export function fromDirectory(directory: ProjectPath | undefined, path: ProjectPath): string {
  if (directory === undefined) return path;
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : `${upFrom(directory)}${path}`;
}

/** The way from a directory of the project to the project: `../../`. */
const upFrom = (directory: ProjectPath): string => '../'.repeat(directory.split('/').length);

/** What a program that runs in `directory` calls `file`; undefined for what is not in the project. */
export const pathIn = (directory: ProjectPath | undefined, file: string): ProjectPath | undefined =>
  directory === undefined || file.startsWith('/') ? projectPath(file) : projectPath(`${directory}/${file}`);
