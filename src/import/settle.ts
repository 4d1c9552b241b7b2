import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { filesOf, inputsOf, type Draft, type DraftObject, type Gap } from './drafts.ts';
import { inside } from './places.ts';
import type { Replayed } from './replay.ts';

export interface Settled {
  /** What the products need, each after what it is made from, and otherwise in the order of time. */
  readonly drafts: readonly Draft[];
  /** Steps whose outputs are there in the end, and where. */
  readonly finals: ReadonlyMap<Draft, ProjectPath>;
  readonly gaps: readonly Gap[];
  /** Sources that are gone, of objects that are there. */
  readonly vanished: readonly ProjectPath[];
}

/** Whether a file is there when the build is over, `directory` where it is one. */
export type IsThere = (path: ProjectPath) => boolean | 'directory';

/**
 * Holds what a build did against what is there when it is over: files come to be named after where they are now. `isCompiled`:
 * a file that only a compiler, an assembler or a linker makes.
 */
export function settle(
  { history, gaps }: Replayed,
  root: string,
  isThere: IsThere,
  isCompiled: (path: ProjectPath) => boolean,
): Settled {
  const isFile = (path: ProjectPath): boolean => isThere(path) === true;
  const finals = finalDrafts(history, root, isFile);
  const products = [...finals.keys()].filter((draft) => draft.kind !== 'object' && !isLooseObject(draft));
  const found: Gap[] = [];
  const vanished = new Set<ProjectPath>();
  for (const draft of inOrder(products)) found.push(...withoutGone(draft, isThere, vanished, root));
  const drafts = inOrder(products);
  for (const draft of drafts) draft.path = finals.get(draft) ?? draft.path;
  moveAside(drafts);
  const known = [...gaps, ...found];
  return {
    drafts,
    finals,
    gaps: [...known, ...madeByNoStep(drafts, known, root, isCompiled)],
    vanished: [...vanished],
  };
}

/** An object that is a file of its own, which only goes into others. */
export const isLooseObject = (draft: Draft): boolean => draft.kind === 'product' && draft.form === 'object';

function finalDrafts(
  history: Replayed['history'],
  root: string,
  isFile: (path: ProjectPath) => boolean,
): ReadonlyMap<Draft, ProjectPath> {
  const finals = new Map<Draft, ProjectPath>();
  for (const [path, maker] of history.entries()) {
    const file = inside(root, path);
    if (maker.kind === 'generated' || file === undefined || !isFile(file)) continue;
    // Of several copies, the one that was made first.
    if (!finals.has(maker) || maker.path === file) finals.set(maker, file);
  }
  return finals;
}

function inOrder(products: readonly Draft[]): readonly Draft[] {
  const byTime = (a: Draft, b: Draft): number => a.origin.program - b.origin.program;
  const reached = new Set<Draft>();
  const rest = [...products];
  for (let draft = rest.pop(); draft !== undefined; draft = rest.pop()) {
    if (reached.has(draft)) continue;
    reached.add(draft);
    rest.push(...inputsOf(draft));
  }
  // Time alone would do, were there no call that makes several steps. A stack: archives may be nested deep.
  const done = new Set<Draft>();
  for (const wanted of [...reached].sort(byTime)) {
    const open = new Set<Draft>();
    const stack = [wanted];
    for (let draft = stack.at(-1); draft !== undefined; draft = stack.at(-1)) {
      const missing = open.has(draft) ? [] : inputsOf(draft).filter((input) => !done.has(input) && !open.has(input));
      open.add(draft);
      if (missing.length > 0) stack.push(...missing);
      else done.add(stack.pop() ?? draft);
    }
  }
  return [...done];
}

/** Takes out of a step what no sandbox could be given, and reports it. */
function withoutGone(draft: Draft, isThere: IsThere, vanished: Set<ProjectPath>, root: string): readonly Gap[] {
  const isFile = (path: ProjectPath): boolean => isThere(path) === true;
  const gaps: Gap[] = [];
  const report = (problem: string, files: readonly string[] = []): void =>
    void gaps.push({ problem, origin: draft.origin, drafts: [draft], files });
  const isGone = (input: Draft): input is DraftObject => input.kind === 'object' && !isFile(input.source);
  const taken = (object: DraftObject, at: ProjectPath): boolean => {
    const isObjectThere = isFile(at);
    const outcome = isObjectThere ? 'it is taken as it is' : 'it cannot be compiled';
    report(`${object.source}, of which ${at} is made, is gone when the build is over: ${outcome}`, [`${root}/${at}`]);
    if (isObjectThere) vanished.add(object.source);
    return isObjectThere;
  };
  switch (draft.kind) {
    case 'object':
      for (const file of draft.files) {
        if (isFile(file)) continue;
        draft.files.delete(file);
        if (isThere(file) === 'directory') report(`the compiler reads the directory ${file}, which no step has`);
      }
      break;
    case 'product':
      for (const [path, input] of draft.inputs) {
        if (!isGone(input) || !taken(input, path)) continue;
        draft.inputs.delete(path);
        draft.files.add(path);
      }
      for (const file of draft.files) {
        if (isFile(file)) continue;
        draft.files.delete(file);
        report(`${file}, which ${draft.path} is made with, is gone when the build is over`);
      }
      break;
    case 'archive':
      draft.members = draft.members.flatMap(({ name, content }) => {
        if (typeof content === 'string') {
          if (isFile(content)) return [{ name, content }];
          report(`${content}, which is in ${draft.path}, is gone when the build is over`);
          return [];
        }
        return [{ name, content: isGone(content) && taken(content, content.path) ? content.path : content }];
      });
      break;
  }
  return gaps;
}

/**
 * Objects and libraries that go into products and that no step makes: those of a compiler that was not seen, or that was up
 * to date, or that came with the sources. What is reported of them already is not reported again.
 */
function madeByNoStep(
  drafts: readonly Draft[],
  known: readonly Gap[],
  root: string,
  isCompiled: (path: ProjectPath) => boolean,
): readonly Gap[] {
  const told = new Set(known.flatMap(({ files = [] }) => files.map((path) => inside(root, path))));
  const users = new Map<ProjectPath, Draft[]>();
  for (const draft of drafts) {
    if (draft.kind === 'object') continue;
    for (const file of filesOf(draft)) {
      if (told.has(file) || !isCompiled(file)) continue;
      users.set(file, [...(users.get(file) ?? []), draft]);
    }
  }
  return [...users].map(([file, using]) => ({
    problem: `${file} is made by no step, and taken as it is: nothing that was recorded made it`,
    origin: (using[0] as Draft).origin,
    drafts: using,
  }));
}

/**
 * No step can have two inputs at one path: where it would, as an archive of an object before and after objcopy, those that
 * were made earlier have another.
 */
function moveAside(drafts: readonly Draft[]): void {
  for (const draft of drafts) {
    const taken = new Map<ProjectPath, Draft>();
    for (const input of [...new Set(inputsOf(draft))]) {
      const other = taken.get(input.path);
      taken.set(input.path, input);
      if (other === undefined || (other.kind === 'object' && input.kind === 'object')) continue;
      const moved = other.kind === 'object' ? input : other;
      moved.path = trustedProjectPath(`earlier/${String(moved.origin.program)}/${moved.path}`);
    }
  }
}
