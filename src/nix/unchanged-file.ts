import type { ProjectFiles } from '../host/ports.ts';
import type { ContentHash, ProjectPath } from '../model/ids.ts';
import { narHash } from './nar.ts';

export interface UnchangedFile {
  readonly contents: Uint8Array;
  readonly isExecutable: boolean;
}

/** A file as it is now, if that is still what `nar` was made of; undefined otherwise. */
export function readUnchanged(files: ProjectFiles, path: ProjectPath, nar: ContentHash): UnchangedFile | undefined {
  const contents = files.read(path);
  const isExecutable = files.stat(path)?.isExecutable;
  if (contents === undefined || isExecutable === undefined) return undefined;
  return narHash(contents, isExecutable) === nar ? { contents, isExecutable } : undefined;
}
