import { posix } from 'node:path';
import type { ProjectPath } from '../model/ids.ts';
import type { ArchiveCommand } from './command/archive-command.ts';
import type { Member } from './drafts.ts';

/**
 * The members of an archive after a call of ar, from those before it. `r` puts a file in the place of a member of its name,
 * `q` adds it in any case. Where the modifiers a, b and i put members is not followed: they decide nothing but the order.
 *
 * @param contentAt what is at a path among the arguments: a step's output or a file of the project
 */
export function membersAfter(
  before: readonly Member[],
  { operation, letters, members }: ArchiveCommand,
  contentAt: (path: string) => Member['content'] | undefined,
): { readonly members: readonly Member[]; readonly missing: readonly string[] } {
  if (operation === 'delete') {
    const gone = new Set(members.map((path) => posix.basename(path)));
    return { members: before.filter(({ name }) => !gone.has(name)), missing: [] };
  }
  if (operation !== 'add') return { members: before, missing: [] };
  const after = [...before];
  const missing: string[] = [];
  for (const path of members) {
    const content = contentAt(path);
    if (content === undefined) {
      missing.push(path);
      continue;
    }
    const name = posix.basename(path);
    const at = letters.includes('q') ? -1 : after.findIndex((member) => member.name === name);
    if (at < 0) after.push({ name, content });
    else after[at] = { name, content };
  }
  return { members: after, missing };
}

/** What a call that extracts puts into its directory, by file name: all members, or those that it names. */
export const extracted = (
  members: readonly Member[],
  wanted: readonly string[],
): readonly (readonly [name: string, content: Exclude<Member['content'], ProjectPath>])[] =>
  members.flatMap(({ name, content }) =>
    typeof content !== 'string' && (wanted.length === 0 || wanted.includes(name)) ? [[name, content] as const] : [],
  );
