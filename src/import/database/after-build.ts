import type { FileStamp, ProjectFiles } from '../../host/ports.ts';
import type { Replayed } from '../replay.ts';
import type { IsThere } from '../settle.ts';

/**
 * What is there once a build has run that nobody has run yet: all that it names, where there is nothing else (a directory)
 * in its place.
 */
export const expectedOf =
  (files: ProjectFiles): IsThere =>
  (path) =>
    files.stat(path) !== undefined || !files.exists(path) || 'directory';

/** The files of a project with those that such a build makes, although nobody knows what is in these. */
export const afterBuild = (files: ProjectFiles, { history }: Pick<Replayed, 'history'>): ProjectFiles => ({
  ...files,
  stat: (path) => files.stat(path) ?? (history.at(`${files.root}/${path}`) === undefined ? undefined : unknown),
});

const unknown: FileStamp = { size: 0, mtimeNs: 0n, ctimeNs: 0n, inode: 0n, isExecutable: false };
