import { posix } from 'node:path';
import type { Draft, DraftProduct } from './drafts.ts';

/**
 * Gives a soname to shared libraries that have none and are linked by a path: the linker would have that path be looked
 * for when a program starts, from wherever that is, and it is one of the developer's directories. With a soname the
 * program finds the library where the plan says.
 */
export function withSonames(drafts: readonly Draft[]): void {
  for (const draft of drafts) {
    if (draft.kind !== 'product' || draft.tool === 'strip' || draft.tool === 'objcopy') continue;
    for (const [path, input] of draft.inputs) {
      const library = linkedLibrary(input);
      if (library === undefined || library.soname !== undefined) continue;
      const file = posix.basename(path);
      if (!draft.words.some((word) => typeof word === 'string' && word.endsWith(`/${file}`))) continue;
      library.soname = file;
      library.words = [...library.words, ...(library.tool === 'ld' ? ['-soname', file] : [`-Wl,-soname,${file}`])];
    }
  }
}

/** The link that a shared library comes from, stripped since or not. */
function linkedLibrary(draft: Draft): DraftProduct | undefined {
  let at: Draft | undefined = draft;
  while (at?.kind === 'product' && (at.tool === 'strip' || at.tool === 'objcopy')) [at] = at.inputs.values();
  return at?.kind === 'product' && at.form === 'shared-library' ? at : undefined;
}
