import { createHash } from 'node:crypto';
import type { ProjectFiles } from '../host/ports.ts';
import { contentHash, type ContentHash, type ProjectPath } from '../model/ids.ts';
import { sortedUnique } from '../model/order.ts';

/** The SHA-256 of a file, as plans remember it; undefined where there is none. */
export function digestOf(path: ProjectPath, files: ProjectFiles): ContentHash | undefined {
  const contents = files.read(path);
  return contents === undefined ? undefined : contentHash(createHash('sha256').update(contents).digest('hex'));
}

/** Of those that are there, by path, bytewise. */
export const digestsOf = (paths: Iterable<ProjectPath>, files: ProjectFiles): Record<string, string> =>
  Object.fromEntries(
    sortedUnique(paths).flatMap((path) => {
      const digest = digestOf(path, files);
      return digest === undefined ? [] : [[path, digest]];
    }),
  );
