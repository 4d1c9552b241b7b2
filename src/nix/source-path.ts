import type { ContentHash, ProjectPath, StorePath } from '../model/ids.ts';
import { makeStorePath } from './store-path.ts';

/** The store path that the generated expression gives a file of the project: `file` of shared-prelude.ts. `nar` is its `narHash`. */
export const sourcePath = (path: ProjectPath, nar: ContentHash): StorePath =>
  makeStorePath('source', nar, sourceName(path));

/** A file keeps its name where the store can have it. */
export function sourceName(path: ProjectPath): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const isPossible = /^[A-Za-z0-9+_?=-][A-Za-z0-9+._?=-]*$/.test(name) && name.length <= longestName;
  return isPossible && !name.endsWith('.drv') ? name : 'source';
}

const longestName = 180;
