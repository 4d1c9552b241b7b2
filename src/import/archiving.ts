import { posix } from 'node:path';
import { addedMembers, extracted, extractionDirectory, withAdded, withoutDeleted } from './archive-call.ts';
import type { ProgramId } from '../record/trace.ts';
import type { Call } from './calls.ts';
import type { Draft, DraftArchive, Gap, Member } from './drafts.ts';
import { inside, productPath } from './places.ts';

export type ArchiveCall = Extract<Call, { readonly tool: 'ar' }>;

/** What a replay knows of files, and what is done to it. */
export interface ArchiveFiles {
  draftAt(path: string): Draft | undefined;
  set(path: string, draft: Draft): void;
  /** Something that no step made. */
  setForeign(path: string, program: ProgramId): void;
  report(gap: Gap): void;
}

/**
 * Calls of ar as a replay goes through them. Whether one adds to an archive or begins one anew is not on its command line,
 * but shows in what it does first: it reads an archive that is there, and writes one that was removed or never was.
 */
export class Archiving {
  readonly #root: string;
  readonly #files: ArchiveFiles;
  /** Calls of which that does not show yet. */
  readonly #undecided = new Map<ArchiveCall, { readonly path: string; readonly isUpdate: () => void }>();
  readonly #extracted = new Map<ArchiveCall, ReadonlySet<string>>();

  constructor(root: string, files: ArchiveFiles) {
    this.#root = root;
    this.#files = files;
  }

  start(call: ArchiveCall): void {
    const { command, directory } = call;
    if (command.operation === 'script') {
      this.#files.report({ problem: 'a script of ar (-M)', origin: call, drafts: [] });
    }
    if (command.archive === undefined) return;
    const path = posix.resolve(directory, command.archive);
    const known = this.#files.draftAt(path);
    const before = known?.kind === 'archive' ? known.members : [];
    switch (command.operation) {
      case 'extract':
        this.#extract(call, before);
        break;
      case 'delete':
        this.#files.set(path, this.#archive(call, path, withoutDeleted(before, command)));
        break;
      case 'add':
        this.#add(call, path, before);
        break;
      default:
        break;
    }
  }

  read(call: ArchiveCall, path: string): void {
    const undecided = this.#undecided.get(call);
    if (undecided?.path !== path) return;
    undecided.isUpdate();
    this.#undecided.delete(call);
  }

  written(call: ArchiveCall, path: string): void {
    if (this.#undecided.get(call)?.path === path) this.#undecided.delete(call);
    if (this.#extracted.get(call)?.has(path) === false) this.#files.setForeign(path, call.program);
  }

  #extract(call: ArchiveCall, members: readonly Member[]): void {
    const { command, directory } = call;
    const paths = new Set<string>();
    for (const [name, content] of extracted(members, command.members)) {
      const path = posix.resolve(directory, extractionDirectory(command), name);
      this.#files.set(path, content);
      paths.add(path);
    }
    this.#extracted.set(call, paths);
  }

  #add(call: ArchiveCall, path: string, before: readonly Member[]): void {
    const { command, directory } = call;
    const { added, missing } = addedMembers(command, (member) => {
      const file = posix.resolve(directory, member);
      return this.#files.draftAt(file) ?? inside(this.#root, file);
    });
    const draft = this.#archive(call, path, withAdded([], command, added));
    for (const member of missing) {
      this.#files.report({ problem: `${member} is not in the project`, origin: call, drafts: [draft] });
    }
    this.#undecided.set(call, { path, isUpdate: () => void (draft.members = withAdded(before, command, added)) });
    this.#files.set(path, draft);
  }

  readonly #archive = (call: ArchiveCall, path: string, members: readonly Member[]): DraftArchive => ({
    kind: 'archive',
    path: productPath(this.#root, path),
    members,
    origin: call,
  });
}
