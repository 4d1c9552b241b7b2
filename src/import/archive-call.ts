import { posix } from 'node:path';
import type { ProjectPath } from '../model/ids.ts';
import type { ArchiveCommand } from './command/archive-command.ts';
import type { Member } from './drafts.ts';

/** What is at a path among the arguments: a step's output or a file of the project. */
export type ContentAt = (path: string) => Member['content'] | undefined;

/** The files that a call adds, as members; `missing` are those that nobody knows. */
export function addedMembers(
  { isThin, letters, members }: ArchiveCommand,
  contentAt: ContentAt,
): { readonly added: readonly Member[]; readonly missing: readonly string[] } {
  const added: Member[] = [];
  const missing: string[] = [];
  for (const path of members) {
    const content = contentAt(path);
    if (content === undefined) missing.push(path);
    // A thin archive has no archives in it: it takes their members (binutils 2.40, flatten); `L` is how others are told to.
    else if ((isThin || letters.includes('L')) && typeof content !== 'string' && content.kind === 'archive')
      added.push(...content.members);
    else added.push({ name: memberName(path, { isThin, letters }), content });
  }
  return { added, missing };
}

/**
 * The members of an archive after some were added: `r` puts a file in the place of a member of its name, `q` adds it in any
 * case. Files of one name in one call do not take each other's place (binutils 2.40). Where the modifiers a, b and i put
 * members is not followed: they decide nothing but the order.
 */
export function withAdded(
  before: readonly Member[],
  { letters }: Pick<ArchiveCommand, 'letters'>,
  added: readonly Member[],
): readonly Member[] {
  const after = [...before];
  const replaced = new Set<number>();
  for (const member of added) {
    const isOfName = ({ name }: Member, at: number): boolean => name === member.name && !replaced.has(at);
    const at = letters.includes('q') ? -1 : before.findIndex(isOfName);
    if (at < 0) after.push(member);
    else after[at] = member;
    replaced.add(at);
  }
  return after;
}

/** The members of an archive without those that a call deletes. */
export function withoutDeleted(before: readonly Member[], command: ArchiveCommand): readonly Member[] {
  const gone = new Set(command.members.map((path) => memberName(path, command)));
  return before.filter(({ name }) => !gone.has(name));
}

/** Thin archives, and the modifier P, go by whole paths. */
const memberName = (path: string, { isThin, letters }: Pick<ArchiveCommand, 'isThin' | 'letters'>): string =>
  isThin || letters.includes('P') ? path : posix.basename(path);

/** What a call that extracts puts into its directory, by file name: all members, or those that it names. */
export const extracted = (
  members: readonly Member[],
  wanted: readonly string[],
): readonly (readonly [name: string, content: Exclude<Member['content'], ProjectPath>])[] =>
  members.flatMap(({ name, content }) =>
    typeof content !== 'string' && (wanted.length === 0 || wanted.includes(name)) ? [[name, content] as const] : [],
  );

/** Where it puts them. */
export function extractionDirectory({ flags }: ArchiveCommand): string {
  const at = flags.indexOf('--output');
  return at < 0 ? '.' : (flags[at + 1] ?? '.');
}
