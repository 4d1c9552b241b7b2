import { projectPath } from '../model/ids.ts';

/**
 * Whether a relative path climbs above the project root on its way (`a/../../b` does). An absolute one does not: it was
 * never inside. The root itself is no `ProjectPath`, hence the file asked for below it.
 */
export const leavesProject = (path: string): boolean =>
  !path.startsWith('/') && projectPath(`./${path}/file`) === undefined;
