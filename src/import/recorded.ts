import { posix } from 'node:path';
import type { ProjectFiles } from '../host/ports.ts';
import { stepName, type ProjectPath, type StepName } from '../model/ids.ts';
import { bytewise, sortedUnique } from '../model/order.ts';
import { fromDirectory } from '../plan/from-directory.ts';
import type { RecordedOptions, RecordedPlan, RecordedProduct } from '../plan/recorded-schema.ts';
import { filesOf, inputsOf, type Draft, type DraftObject, type DraftProduct } from './drafts.ts';
import { printGaps, unusedObjects } from './gaps.ts';
import { nameDrafts } from './naming.ts';
import { isLooseObject, settle, type IsThere } from './settle.ts';
import { withSonames } from './sonames.ts';
import type { Replayed } from './replay.ts';

export type Steps = Pick<RecordedPlan, 'options' | 'objects' | 'products' | 'notUnderstood'>;

/**
 * The steps that make what there is in the end: programs and libraries of the build, and what they are made from. What
 * was made on the way and is gone, or went into nothing, is no step. `vanished` are sources that were made on the way and are
 * gone: their objects are taken as they are.
 *
 * @param isThere for a build that has not been run, of which nothing is there
 */
export function recordedSteps(
  replayed: Replayed,
  files: ProjectFiles,
  isThere: IsThere = (path) => files.stat(path) !== undefined || (files.exists(path) && 'directory'),
): Steps & { readonly vanished: readonly ProjectPath[] } {
  const { history } = replayed;
  const { drafts, finals, gaps, vanished } = settle(replayed, files.root, isThere, (path) => isCompiled(path, files));
  withSonames(drafts);
  const names = nameDrafts(drafts);
  const used = new Set(drafts.flatMap(inputsOf));
  const nameOf = (draft: Draft): StepName => {
    const name = names.get(draft);
    if (name === undefined) throw new Error(`${draft.path} is used and has no name`);
    return name;
  };
  const taken = new Set(drafts.flatMap(filesOf));
  const isTaken = (draft: Draft): boolean => taken.has(draft.path);
  const foundAt = placesOf(replayed, files.root);
  return {
    vanished,
    ...printObjects(
      drafts.filter((draft) => draft.kind === 'object'),
      nameOf,
    ),
    products: drafts.flatMap((draft): RecordedProduct[] => {
      if (draft.kind === 'object') return [];
      const isTarget = finals.has(draft) && (!used.has(draft) || isOwnResult(draft)) && !isLooseObject(draft);
      if (draft.kind === 'archive') return [archiveOf(draft, nameOf, isTarget)];
      const links = history.namesOf(`${files.root}/${draft.path}`);
      return [productOf(draft, nameOf, isTarget, [...links, ...(foundAt.get(draft) ?? [])])];
    }),
    notUnderstood: [
      ...printGaps(gaps, drafts, nameOf, files.root),
      ...unusedObjects([...finals.keys()].filter((draft) => isObject(draft) && !used.has(draft) && !isTaken(draft))),
    ],
  };
}

/** All compile steps of builds of which nothing is known but their compiles. */
export function recordedObjects(builds: readonly Replayed[], root: string): Steps {
  const made = builds.flatMap(({ history }) => [...history.entries()].map(([, maker]) => maker));
  const objects = made.filter((maker) => maker.kind === 'object');
  const names = nameDrafts(objects);
  const nameOf = (draft: Draft): StepName => names.get(draft) ?? stepName(draft.path);
  const gaps = builds.flatMap((build) => build.gaps);
  return { ...printObjects(objects, nameOf), products: [], notUnderstood: [...printGaps(gaps, objects, nameOf, root)] };
}

function printObjects(
  objects: readonly DraftObject[],
  nameOf: (draft: Draft) => StepName,
): Pick<Steps, 'options' | 'objects'> {
  const { options, optionsOf } = groupOptions(objects);
  const printed = objects.map((draft) => {
    const files = draft.files.size === 0 ? {} : { files: [...sortedUnique(draft.files)] };
    return [nameOf(draft), { source: draft.source, options: optionsOf(draft), ...files }] as const;
  });
  return { options, objects: Object.fromEntries(printed.sort(([a], [b]) => bytewise(a, b))) };
}

/** A library may also be a text, which has the linker look for others. */
const isCompiled = (path: ProjectPath, files: ProjectFiles): boolean =>
  /\.(?:o|lo|obj|a)$/.test(path) ||
  (/\.so(?:\.[\d.]+)?$/.test(path) && files.read(path)?.subarray(0, 4).toString('latin1') === '\x7fELF');

const isObject = (draft: Draft): boolean => draft.kind === 'object' || isLooseObject(draft);

/** Programs and shared libraries are there for their own sake, even where something else uses them. */
const isOwnResult = (draft: Draft): boolean => draft.kind === 'product' && draft.form !== 'object';

/** The paths of shared libraries and their copies. */
function placesOf({ history }: Replayed, root: string): ReadonlyMap<Draft, readonly string[]> {
  const places = new Map<Draft, string[]>();
  for (const [path, maker] of history.entries()) {
    if (maker.kind !== 'product' || maker.form !== 'shared-library' || !path.startsWith(`${root}/`)) continue;
    places.set(maker, [...(places.get(maker) ?? []), path]);
  }
  return places;
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
    // Keys that mean something to a JavaScript object are not read back.
    const base = directory === undefined ? '.' : directory.replace(/^(?:__proto__|constructor|prototype)$/, './$&');
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
    posix.dirname(link).endsWith(posix.dirname(path) === '.' ? '' : `/${posix.dirname(path)}`),
  );
  const names = [...beside.map((link) => posix.basename(link)), ...(soname === undefined ? [] : [soname])];
  return sortedUnique(names.filter((name) => name !== file && !name.includes('/')));
}
