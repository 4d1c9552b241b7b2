import type { Clock, ProjectFiles } from '../host/ports.ts';
import type { ProjectPath } from '../model/ids.ts';
import { planFile } from '../plan/definition-files.ts';
import { ignoring } from '../plan/ignore.ts';
import { isHeader, isSource } from './command/source-name.ts';

/** Gives every source the time of now. Returns what gives those that nobody wrote to since their own time back. */
export function touchSources(files: ProjectFiles, clock: Clock): () => void {
  const isIgnored = ignoring([planFile], () => false);
  const now = BigInt(Math.round(clock.now())) * 1_000_000n;
  const touched = new Map<ProjectPath, { readonly before: bigint; readonly after: bigint }>();
  for (const path of files.list((each) => isIgnored(each))) {
    const before = files.stat(path)?.mtimeNs;
    if (before === undefined || !isSource(path, undefined) || isHeader(path, undefined)) continue;
    try {
      files.setTime(path, now);
      touched.set(path, { before, after: files.stat(path)?.mtimeNs ?? now });
    } catch {
      // Somebody else's file: if it has to be compiled anew, cleaning will do it.
    }
  }
  return () => {
    for (const [path, { before, after }] of touched) {
      if (files.stat(path)?.mtimeNs !== after) continue;
      try {
        files.setTime(path, before);
      } catch {
        // It went away just now.
      }
    }
  };
}
