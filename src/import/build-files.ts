import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { ProjectFiles } from '../host/ports.ts';
import type { ProjectPath } from '../model/ids.ts';
import { bytewise, sortedUnique } from '../model/order.ts';
import { ignoring } from '../plan/ignore.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import type { ProgramId, ProgramStarted, TraceEvent } from '../record/trace.ts';
import { isHeader, isSource } from './command/source-name.ts';
import { inside } from './places.ts';
import type { Replayed } from './replay.ts';

export type BuildFiles = Pick<RecordedPlan, 'definition' | 'generators'>;

/**
 * The files that the recorded steps hang on beside what they read themselves:
 *
 * - those that define the build: what make, ninja, cmake and the like read, and the files of known names that these mention
 *   (a `build.ninja` that CMake has made names the CMakeLists.txt it is made from, and nothing reads that until it changes);
 * - those that programs read which made files of the project: a grammar, a template. Programs are taken together by the
 *   recipe that ran them, which is what one of the above started.
 *
 * @param products names of products by the path they were made at
 * @param steps sources and files that the steps read
 */
export function buildFiles(
  events: readonly TraceEvent[],
  { callOf, history, written }: Replayed,
  files: ProjectFiles,
  products: ReadonlyMap<string, string>,
  steps: ReadonlySet<string>,
): BuildFiles {
  const recipes = recipesOf(events);
  const definition = new Set<ProjectPath>();
  const made = new Map<ProgramId, RecipeFiles>();
  const filesOf = (recipe: ProgramId): RecipeFiles => {
    const known = made.get(recipe);
    if (known !== undefined) return known;
    const none = { read: new Set<ProjectPath>(), products: new Set<string>(), written: new Set<ProjectPath>() };
    made.set(recipe, none);
    return none;
  };
  const isIgnored = ignoring('' as ProjectPath, () => false);
  const read = (program: ProgramId, path: string): void => {
    const file = inside(files.root, path);
    if (file === undefined || isIgnored(file) || isDependencyList(file)) return;
    const recipe = recipes.get(program);
    const product = products.get(history.follow(path));
    if (recipe === undefined) {
      if (!written.has(path)) definition.add(file);
    } else if (product !== undefined) filesOf(recipe).products.add(product);
    else filesOf(recipe).read.add(file);
  };
  for (const event of events) {
    if (callOf(event.program) !== undefined) continue;
    if (event.kind === 'read') read(event.program, event.path);
    if (event.kind === 'started') read(event.program, event.executable);
    if (event.kind !== 'write') continue;
    const file = inside(files.root, event.path);
    const recipe = recipes.get(event.program);
    if (recipe !== undefined && file !== undefined) filesOf(recipe).written.add(file);
  }
  for (const path of mentioned(definition, files, isIgnored)) definition.add(path);
  const isOfInterest = (path: ProjectPath): boolean =>
    files.stat(path) !== undefined && (steps.has(path) || isHeader(path, undefined) || isSource(path, undefined));
  const generators = [...made.values()].flatMap(({ read: inputs, products: ran, written: outputs }) => {
    const own = [...outputs].filter(isOfInterest);
    const foreign = [...inputs].filter((path) => !outputs.has(path) && files.stat(path) !== undefined);
    if (own.length === 0 || foreign.length + ran.size === 0) return [];
    return [
      {
        inputs: digestsOf(foreign, files),
        products: [...ran].sort(bytewise),
        outputs: [...sortedUnique(own)],
      },
    ];
  });
  return {
    definition: digestsOf([...definition], files),
    generators: generators.sort((a, b) => bytewise(a.outputs[0] ?? '', b.outputs[0] ?? '')),
  };
}

interface RecipeFiles {
  readonly read: Set<ProjectPath>;
  readonly products: Set<string>;
  readonly written: Set<ProjectPath>;
}

/** The recipe that each program is part of: the program that make and the like started; undefined above those. */
function recipesOf(events: readonly TraceEvent[]): ReadonlyMap<ProgramId, ProgramId> {
  const recipes = new Map<ProgramId, ProgramId>();
  const drivers = new Set<ProgramId>();
  for (const event of events) {
    if (event.kind !== 'started') continue;
    const { program, parent } = event;
    if (isBuildTool(event)) {
      drivers.add(program);
      continue;
    }
    const above = parent === undefined ? undefined : drivers.has(parent) ? program : recipes.get(parent);
    if (above !== undefined) recipes.set(program, above);
  }
  return recipes;
}

const buildTool = /^(?:g?make|mingw32-make|bmake|ninja|ninja-build|samu|cmake|cmake3|meson|scons|waf|bazel|xmake)$/;

/** Programs that read what defines a build; `cmake -E`, `cmake -P` and `meson --internal` are what recipes are made of. */
function isBuildTool({ argv, executable }: ProgramStarted): boolean {
  const isScript = /^python[\d.]*$|^(?:ba|da|z)?sh$/.test(posix.basename(executable));
  const [name = '', first = ''] = isScript ? argv.slice(1) : argv;
  return buildTool.test(posix.basename(name)) && !/^-[EP]$|^--internal$/.test(first);
}

/** What compilers write for make and ninja to read. */
const isDependencyList = (path: string): boolean =>
  /\.(?:d|dep|P|Po|Plo|Pno|Tpo|Tlo)$/.test(path) || posix.basename(path).startsWith('.ninja_');

const definingName =
  /^(?:CMakeLists\.txt|.*\.cmake(?:\.in)?|meson\.build|meson\.options|meson_options\.txt|(?:GNU)?[Mm]akefile(?:\.\w+)?|.*\.(?:mk|mak|am|ac|m4|pri|pro)|configure(?:\.\w+)?|config(?:ure)?\.h\.in|SCons(?:truct|cript)|wscript)$/;

/** Files of names that build systems give theirs, where a file that defines the build mentions them. */
function mentioned(
  definition: ReadonlySet<ProjectPath>,
  files: ProjectFiles,
  isIgnored: (path: ProjectPath) => boolean,
): readonly ProjectPath[] {
  const candidates = new Map<string, ProjectPath[]>();
  for (const path of files.list((each) => isIgnored(each))) {
    const name = posix.basename(path);
    if (definingName.test(name)) candidates.set(name, [...(candidates.get(name) ?? []), path]);
  }
  const found: ProjectPath[] = [];
  for (const path of definition) {
    const text = files.read(path)?.toString('latin1') ?? '';
    for (const [name, paths] of candidates) {
      if (!text.includes(name)) continue;
      found.push(...paths.filter((each) => couldMean(text, each, name)));
    }
  }
  return found;
}

/** `sub/CMakeLists.txt` is meant where the text has that, or has `CMakeLists.txt` alone and the file is at the top. */
function couldMean(text: string, path: ProjectPath, name: string): boolean {
  const directory = posix.basename(posix.dirname(path));
  return path === name || text.includes(`${directory}/${name}`);
}

function digestsOf(paths: readonly ProjectPath[], files: ProjectFiles): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const path of sortedUnique(paths)) {
    const contents = files.read(path);
    if (contents !== undefined) digests[path] = createHash('sha256').update(contents).digest('hex');
  }
  return digests;
}
