import { posix } from 'node:path';
import { projectPath, trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { fromDirectory } from '../plan/from-directory.ts';

/** A program's working directory in a recorded build, from which its paths start. */
export interface Place {
  /** Absolute and real, as the project's own. */
  readonly root: string;
  /** Absolute. */
  readonly directory: string;
}

/** Lexically, as everything in a trace: `a/../b` is `b`, whatever `a` is. */
export const absolute = ({ directory }: Place, path: string): string => posix.resolve(directory, path);

/** The project's name for an absolute path; undefined for what is not in it, and for the project itself. */
export const inside = (root: string, path: string): ProjectPath | undefined =>
  path.startsWith(`${root}/`) ? projectPath(path.slice(root.length + 1)) : undefined;

/** What a step makes has a place in the project even where the build made it elsewhere, for a moment. */
export const productPath = (root: string, path: string): ProjectPath =>
  inside(root, path) ?? trustedProjectPath(`elsewhere${path}`);

/** The directory as a plan has it: undefined for the top of the project. `isOutside` where no plan can have it. */
export function directoryIn({ root, directory }: Place): {
  readonly directory?: ProjectPath;
  readonly isOutside: boolean;
} {
  if (directory === root) return { isOutside: false };
  const path = inside(root, directory);
  return path === undefined ? { isOutside: true } : { directory: path, isOutside: false };
}

/**
 * A path as a step can have it: relative to its directory where it is in the project, without detours that lead through
 * directories which a sandbox has no other reason to have; as it was where it is outside.
 */
export function portable(place: Place, path: string): string {
  const full = absolute(place, path);
  const { directory } = directoryIn(place);
  if (full === place.root) return directory === undefined ? '.' : upTo(directory);
  const target = inside(place.root, full);
  if (target === undefined) return path.startsWith('/') ? path : full;
  if (directory === target) return '.';
  return fromDirectory(directory, target);
}

const upTo = (directory: ProjectPath): string => directory.replace(/[^/]+/g, '..');
