import type { ProjectPath } from '../model/ids.ts';
import type { Language, LinkTool } from '../model/plan.ts';
import type { ProgramId } from '../record/trace.ts';

/** A step as it was seen to be made; what it is called, and whether anybody needs it, shows in the end. */
export type Draft = DraftObject | DraftArchive | DraftProduct;

export interface DraftObject {
  readonly kind: 'object';
  /** Where it was made, or moved to since. */
  path: ProjectPath;
  readonly source: ProjectPath;
  readonly language: Language;
  readonly directory: ProjectPath | undefined;
  readonly flags: readonly string[];
  /** Files of the project that it may read and that the compiler does not tell of: what `.incbin` names. */
  readonly files: Set<ProjectPath>;
  readonly origin: Origin;
}

/** An archive as it was after one call of ar; the next one makes another draft of it. */
export interface DraftArchive {
  readonly kind: 'archive';
  path: ProjectPath;
  /** Those that it had before a call come in once the call has read them. */
  members: readonly Member[];
  readonly origin: Origin;
}

export interface Member {
  /** As the archive calls it. */
  readonly name: string;
  /** What was put in: a step's, or a file of the project. */
  readonly content: Draft | ProjectPath;
}

/** What a linker made, or what strip or objcopy made of that. */
export interface DraftProduct {
  readonly kind: 'product';
  path: ProjectPath;
  readonly form: 'executable' | 'shared-library' | 'object';
  readonly tool: LinkTool;
  readonly directory: ProjectPath | undefined;
  /** Words that name a step's output by the path it has in the end are made then. */
  words: readonly DraftWord[];
  /** By the path at which it is found. */
  readonly inputs: Map<ProjectPath, Draft>;
  readonly files: Set<ProjectPath>;
  soname: string | undefined;
  readonly origin: Origin;
}

export type DraftWord = string | { readonly of: Draft };

/** The call that makes it. */
export interface Origin {
  readonly program: ProgramId;
  readonly argv: readonly string[];
  readonly directory: string;
}

/** Something of a build that a plan does not have. */
export interface Gap {
  readonly problem: string;
  readonly origin: Origin;
  /** The steps that it concerns, if it is known. */
  readonly drafts: readonly Draft[];
  /** Files that were made and that no step makes, absolute: the problem is that of the products that they go into. */
  readonly files?: readonly string[];
}

/** What steps are made from, by themselves. */
export function inputsOf(draft: Draft): readonly Draft[] {
  switch (draft.kind) {
    case 'object':
      return [];
    case 'archive':
      return draft.members.flatMap(({ content }) => (typeof content === 'string' ? [] : [content]));
    case 'product':
      return [...draft.inputs.values()];
  }
}

/** Files of the project that a step reads besides. */
export const filesOf = (draft: Draft): readonly ProjectPath[] =>
  draft.kind === 'archive'
    ? draft.members.flatMap(({ content }) => (typeof content === 'string' ? [content] : []))
    : [...draft.files];
