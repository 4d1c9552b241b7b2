import { posix } from 'node:path';
import type { ProjectFiles } from '../host/ports.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import { bytewise, sortedUnique } from '../model/order.ts';
import { fromDirectory } from '../plan/from-directory.ts';
import type { RecordedOptions, RecordedPlan, RecordedProduct } from '../plan/recorded-schema.ts';
import { inputsOf, type Draft, type DraftObject, type DraftProduct, type Gap } from './drafts.ts';
import { nameDrafts } from './naming.ts';
import { inside } from './places.ts';
import type { Replayed } from './replay.ts';

export type Steps = Pick<RecordedPlan, 'options' | 'objects' | 'products' | 'notUnderstood'>;

/**
 * The steps that make what there is in the end: programs and libraries of the build, and what they are made from. What
 * was made on the way and is gone, or went into nothing, is no step.
 */
export function recordedSteps({ history, gaps }: Replayed, files: ProjectFiles): Steps {
  const finals = finalDrafts(history, files);
  const products = [...finals.keys()].filter((draft) => draft.kind !== 'object' && !isLooseObject(draft));
  const drafts = inOrder(products);
  // Named after where they are now: much is made under another name and moved.
  for (const draft of drafts) draft.path = finals.get(draft) ?? draft.path;
  const names = nameDrafts(drafts);
  const used = new Set(drafts.flatMap(inputsOf));
  const nameOf = (draft: Draft): StepName => {
    const name = names.get(draft);
    if (name === undefined) throw new Error(`${draft.path} is used and has no name`);
    return name;
  };
  const objects = drafts.filter((draft) => draft.kind === 'object');
  const { options, optionsOf } = groupOptions(objects);
  return {
    options,
    objects: Object.fromEntries(
      objects
        .map((draft) => [nameOf(draft), { source: draft.source, options: optionsOf(draft) }] as const)
        .sort(([a], [b]) => bytewise(a, b)),
    ),
    products: drafts.flatMap((draft): RecordedProduct[] => {
      if (draft.kind === 'object') return [];
      const isTarget = finals.has(draft) && (!used.has(draft) || isOwnResult(draft)) && !isLooseObject(draft);
      return [
        draft.kind === 'archive'
          ? archiveOf(draft, nameOf, isTarget)
          : productOf(draft, nameOf, isTarget, history.namesOf(`${files.root}/${draft.path}`)),
      ];
    }),
    notUnderstood: [...gapsOf(gaps, drafts, nameOf, files.root), ...unusedObjects([...finals.keys()], new Set(drafts))],
  };
}

/** Steps whose outputs are still there, and where. */
function finalDrafts(history: Replayed['history'], files: ProjectFiles): ReadonlyMap<Draft, ProjectPath> {
  const finals = new Map<Draft, ProjectPath>();
  for (const [path, maker] of history.entries()) {
    const file = inside(files.root, path);
    if (maker.kind === 'generated' || file === undefined || files.stat(file) === undefined) continue;
    // Of several copies, the one that was made first.
    if (!finals.has(maker) || maker.path === file) finals.set(maker, file);
  }
  return finals;
}

const isLooseObject = (draft: Draft): boolean => draft.kind === 'product' && draft.form === 'object';

/** Programs and shared libraries are there for their own sake, even where something else uses them. */
const isOwnResult = (draft: Draft): boolean => draft.kind === 'product' && draft.form !== 'object';

/** Everything that the products need, each after what it is made from, and otherwise in the order of time. */
function inOrder(products: readonly Draft[]): readonly Draft[] {
  const done = new Set<Draft>();
  const byTime = (a: Draft, b: Draft): number => a.origin.program - b.origin.program;
  // A step is made after what it is made from, so the order of time is one of both. A stack: archives may be nested deep.
  const stack = [...products];
  for (let draft = stack.pop(); draft !== undefined; draft = stack.pop()) {
    if (done.has(draft)) continue;
    done.add(draft);
    stack.push(...inputsOf(draft));
  }
  return [...done].sort(byTime);
}

function groupOptions(objects: readonly DraftObject[]): {
  readonly options: Record<string, RecordedOptions>;
  readonly optionsOf: (draft: DraftObject) => string;
} {
  const keyOf = ({ language, directory, flags }: DraftObject): string => JSON.stringify([language, directory, flags]);
  const groups = new Map<string, string>();
  const options: Record<string, RecordedOptions> = {};
  for (const draft of [...objects].sort((a, b) => bytewise(a.path, b.path))) {
    const key = keyOf(draft);
    if (groups.has(key)) continue;
    const { language, directory, flags } = draft;
    const base = directory ?? '.';
    let name = base;
    for (let count = 2; Object.hasOwn(options, name); count++) name = `${base} ${String(count)}`;
    groups.set(key, name);
    options[name] = { language, ...(directory === undefined ? {} : { directory }), flags: [...flags] };
  }
  return { options, optionsOf: (draft) => groups.get(keyOf(draft)) ?? '' };
}

function archiveOf(
  draft: Extract<Draft, { readonly kind: 'archive' }>,
  nameOf: (draft: Draft) => StepName,
  target: boolean,
): RecordedProduct {
  const contents = draft.members.map(({ content }) => content);
  const files = contents.filter((content) => typeof content === 'string');
  return {
    name: nameOf(draft),
    path: draft.path,
    form: 'static-library',
    target,
    inputs: contents.flatMap((content) => (typeof content === 'string' ? [] : [nameOf(content)])),
    ...(files.length === 0 ? {} : { files }),
  };
}

function productOf(
  draft: DraftProduct,
  nameOf: (draft: Draft) => StepName,
  target: boolean,
  links: readonly string[],
): RecordedProduct {
  const { form, tool, directory, words, inputs, files, soname } = draft;
  const placeOf = (input: Draft): string => (input.kind === 'object' ? nameOf(input) : input.path);
  const aliases = [...inputs].filter(([path, input]) => path !== placeOf(input));
  const names = form === 'shared-library' ? namesBeside(draft.path, soname, links) : [];
  return {
    name: nameOf(draft),
    path: draft.path,
    form,
    target,
    tool,
    ...(directory === undefined ? {} : { directory }),
    inputs: [...new Set([...inputs.values()].map(nameOf))],
    arguments: words.map((word) =>
      typeof word === 'string' ? word : fromDirectory(directory, placeOf(word.of) as ProjectPath),
    ),
    ...(files.size === 0 ? {} : { files: [...sortedUnique(files)] }),
    ...(aliases.length === 0
      ? {}
      : { aliases: Object.fromEntries(aliases.map(([path, input]) => [path, nameOf(input)])) }),
    ...(names.length === 0 ? {} : { names: [...names] }),
  };
}

/** A library is looked for by its soname when a program starts, and by the links that the build made when one is linked. */
function namesBeside(path: ProjectPath, soname: string | undefined, links: readonly string[]): readonly string[] {
  const file = posix.basename(path);
  const beside = links.filter((link) =>
    posix.dirname(link).endsWith(posix.dirname(path) === '.' ? '' : posix.dirname(path)),
  );
  const names = [...beside.map((link) => posix.basename(link)), ...(soname === undefined ? [] : [soname])];
  return sortedUnique(names.filter((name) => name !== file && !name.includes('/')));
}

function gapsOf(
  gaps: readonly Gap[],
  drafts: readonly Draft[],
  nameOf: (draft: Draft) => StepName,
  root: string,
): RecordedPlan['notUnderstood'] {
  const known = new Set(drafts);
  return gaps.flatMap(({ problem, origin, drafts: concerned }) => {
    // What nobody needs in the end does not matter, such as what a configure script tries out.
    if (concerned.length > 0 && !concerned.some((draft) => known.has(draft))) return [];
    const directory = inside(root, origin.directory);
    return [
      {
        problem,
        command: [...origin.argv],
        ...(directory === undefined ? {} : { directory }),
        targets: [...productsWith(new Set(concerned), drafts)].map(nameOf),
      },
    ];
  });
}

/** Products made from any of the steps, directly or not. */
function productsWith(steps: ReadonlySet<Draft>, drafts: readonly Draft[]): ReadonlySet<Draft> {
  const touched = new Set(steps);
  for (const draft of drafts) if (inputsOf(draft).some((input) => touched.has(input))) touched.add(draft);
  return new Set([...touched].filter((draft) => draft.kind !== 'object' && drafts.includes(draft)));
}

function unusedObjects(finals: readonly Draft[], known: ReadonlySet<Draft>): RecordedPlan['notUnderstood'] {
  const unused = finals.filter((draft) => (draft.kind === 'object' || isLooseObject(draft)) && !known.has(draft));
  const [first] = unused;
  if (first === undefined) return [];
  const shown = unused.slice(0, 5).map(({ path }) => path);
  const more = unused.length > shown.length ? `, and ${String(unused.length - shown.length)} more` : '';
  const problem = `objects that go into nothing that was linked: ${shown.join(', ')}${more}`;
  return [{ problem, command: [...first.origin.argv], targets: [] }];
}
