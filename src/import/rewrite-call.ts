import { posix } from 'node:path';
import type { Call } from './calls.ts';
import type { Draft, DraftArchive, DraftProduct, Member } from './drafts.ts';
import { addLinkerRead, readLink, type MakerAt } from './link-call.ts';
import { inside, productPath } from './places.ts';

export type RewriteCall = Extract<Call, { readonly tool: 'strip' | 'objcopy' }>;

/** A file after strip or objcopy has been at it, by its absolute path; without a draft where no step could make it. */
export interface Rewritten {
  readonly path: string;
  readonly draft?: DraftProduct | DraftArchive;
}

/** What strip or objcopy makes: of each input one product, made of what it was before. Of an archive, each member is. */
export function readRewrites(root: string, call: RewriteCall, makerAt: MakerAt): readonly Rewritten[] {
  return call.command.inputs.map((input): Rewritten => {
    const from = posix.resolve(call.directory, input);
    const path = posix.resolve(call.directory, call.command.output ?? input);
    const made = makerAt(from);
    if (made?.kind === 'archive') return { path, draft: archiveOf(root, call, made, path, makerAt) };
    // A file that the build has not made: data that becomes an object.
    if (made === undefined && (inside(root, from) === undefined || from === path)) return { path };
    return { path, draft: productOf(root, call, input, path, makerAt) };
  });
}

/** `input` as the tool is to be given it. */
function productOf(root: string, call: RewriteCall, input: string, path: string, makerAt: MakerAt): DraftProduct {
  const { command, tool } = call;
  const words = [...command.flags, { kind: 'input', path: input, lead: [], prefix: '', suffix: '' } as const];
  const made = makerAt(posix.resolve(call.directory, input));
  const linked = {
    words,
    form: made?.kind === 'product' ? made.form : ('object' as const),
    soname: made?.kind === 'product' ? made.soname : undefined,
    tool,
  };
  const draft = readLink(root, call, linked, productPath(root, path), makerAt, () => undefined);
  // Their files are all on the command line, and strip takes several inputs in one call.
  for (const word of command.flags) {
    if (word.kind !== 'file' || word.isWritten) continue;
    addLinkerRead(root, draft, posix.resolve(call.directory, word.path), makerAt);
  }
  return draft;
}

function archiveOf(root: string, call: RewriteCall, { members }: DraftArchive, path: string, makerAt: MakerAt) {
  const rewritten = members.map(({ name, content }): Member => {
    if (typeof content === 'string') return { name, content };
    // Nobody ever sees a member by itself: it has a place beside the archive.
    const at = `${path}-members/${posix.basename(name)}`;
    const member = (from: string): Draft | undefined => (from === at ? content : makerAt(from));
    return { name, content: productOf(root, call, at, at, member) };
  });
  return { kind: 'archive', path: productPath(root, path), members: rewritten, origin: call } satisfies DraftArchive;
}
