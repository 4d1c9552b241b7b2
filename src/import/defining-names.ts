import { posix } from 'node:path';
import type { ProjectFiles } from '../host/ports.ts';
import type { ProjectPath } from '../model/ids.ts';

const definingName =
  /^(?:CMakeLists\.txt|.*\.cmake(?:\.in)?|meson\.build|meson\.options|meson_options\.txt|(?:GNU)?[Mm]akefile(?:\.(?:am|in|inc))?|.*\.(?:mk|mak|am|ac|m4|pri|pro)|configure(?:\.(?:ac|in|py))?|config(?:ure)?\.h\.in|SCons(?:truct|cript)|wscript)$/;

/** Files of names that build systems give theirs, where a file that defines the build mentions them. */
export function mentioned(
  definition: ReadonlySet<ProjectPath>,
  files: ProjectFiles,
  isIgnored: (path: ProjectPath) => boolean,
): readonly ProjectPath[] {
  const candidates = new Map<string, ProjectPath[]>();
  for (const path of files.list((each) => isIgnored(each))) {
    const name = posix.basename(path);
    if (definingName.test(name)) candidates.set(name, [...(candidates.get(name) ?? []), path]);
  }
  const found: ProjectPath[] = [];
  for (const path of definition) {
    const text = files.read(path)?.toString('latin1') ?? '';
    for (const [name, paths] of candidates) {
      if (!text.includes(name)) continue;
      found.push(...paths.filter((each) => couldMean(text, each, name)));
    }
  }
  return found;
}

/** `sub/CMakeLists.txt` is meant where the text has that, or has `CMakeLists.txt` alone and the file is at the top. */
function couldMean(text: string, path: ProjectPath, name: string): boolean {
  const directory = posix.basename(posix.dirname(path));
  return path === name || text.includes(`${directory}/${name}`);
}
