import { posix } from 'node:path';
import type { ProjectFiles } from '../host/ports.ts';
import type { ProjectPath } from '../model/ids.ts';
import { bytewise, sortedUnique } from '../model/order.ts';
import { ignoring } from '../plan/ignore.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import type { ProgramId, ProgramStarted, TraceEvent } from '../record/trace.ts';
import { parseCompilerCommand } from './command/compiler-command.ts';
import { isHeader, isSource } from './command/source-name.ts';
import { isCompilerProper, toolOf } from './command/tool.ts';
import { mentioned } from './defining-names.ts';
import { digestsOf } from './digests.ts';
import { OwnPrograms } from './own-programs.ts';
import { inside } from './places.ts';
import { recipesOf } from './recipes.ts';
import type { Replayed } from './replay.ts';

export type BuildFiles = Pick<RecordedPlan, 'definition' | 'generators'> & { readonly summaries: readonly Summary[] };

/**
 * Files that are made from much of the project, as a version stamp or an index of tags: if they were made anew whenever
 * something of that changes, each save would run the project's own build.
 */
export interface Summary {
  readonly outputs: readonly ProjectPath[];
  /** How many of the files it is made from steps read too. */
  readonly count: number;
  readonly command: readonly string[];
}

/** More sources and headers than this, and what is made of them is a summary. */
const summarised = 20;

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
  const programs = new Map<ProgramId, ProgramStarted>();
  const ownPrograms = new OwnPrograms();
  const filesOf = (recipe: ProgramId): RecipeFiles => {
    const known = made.get(recipe);
    if (known !== undefined) return known;
    const none = { read: new Set<ProjectPath>(), products: new Set<string>(), written: new Set<ProjectPath>() };
    made.set(recipe, none);
    return none;
  };
  const isIgnored = ignoring([], () => false);
  const read = (program: ProgramId, path: string): void => {
    const file = inside(files.root, path);
    if (file === undefined || isIgnored(file) || isDependencyList(file)) return;
    const recipe = recipes.get(program) ?? aboveAll;
    const product = products.get(history.follow(path));
    // There it is part of what is run by hand, and what it reads defines the build; only programs of the build do not.
    if (recipe === aboveAll && product === undefined) {
      if (!written.has(path)) definition.add(file);
    } else if (product !== undefined) filesOf(recipe).products.add(product);
    else filesOf(recipe).read.add(file);
  };
  for (const event of events) {
    if (callOf(event.program) !== undefined) continue;
    if (event.kind === 'read') read(event.program, event.path);
    if (event.kind === 'started') {
      programs.set(event.program, event);
      read(event.program, event.executable);
      ownPrograms.start(event, products.has(history.follow(event.executable)));
      for (const path of preprocessed(event)) read(event.program, path);
    }
    if (event.kind === 'rename') {
      // Much is made beside its place and moved there.
      const [from, to] = [event.from, event.to].map((path) => inside(files.root, path));
      for (const { written: outputs } of made.values())
        if (from !== undefined && to !== undefined && outputs.has(from)) outputs.add(to);
    }
    if (event.kind !== 'write') continue;
    const file = inside(files.root, event.path);
    const recipe = recipes.get(event.program);
    if (file === undefined) continue;
    if (recipe === undefined) ownPrograms.write(event.program, file);
    else filesOf(recipe).written.add(file);
  }
  for (const file of ownPrograms.written) filesOf(aboveAll).written.add(file);
  for (const path of mentioned(definition, files, isIgnored)) definition.add(path);
  const isMade = (path: ProjectPath): boolean => written.has(`${files.root}/${path}`);
  const interest = new Set<ProjectPath>();
  const isOfInterest = (path: ProjectPath): boolean =>
    steps.has(path) || (files.stat(path) !== undefined && (isCode(path) || interest.has(path)));
  // What is made of something that is made itself hangs on what that is made of.
  for (let known = -1; known !== interest.size;) {
    known = interest.size;
    for (const { read: inputs, written: outputs } of made.values()) {
      if (![...outputs].some(isOfInterest)) continue;
      for (const path of inputs) if (isMade(path) && !outputs.has(path)) interest.add(path);
    }
  }
  const summaries: Summary[] = [];
  const generators = new Map<string, RecordedPlan['generators'][number]>();
  for (const [recipe, { read: inputs, products: ran, written: outputs }] of made) {
    const own = [...outputs].filter(isOfInterest);
    const foreign = [...inputs].filter((path) => !isMade(path) && files.stat(path) !== undefined);
    if (own.length === 0 || foreign.length + ran.size === 0) continue;
    const count = foreign.filter(isCode).length;
    if (count > summarised) {
      summaries.push({ outputs: sortedUnique(own), count, command: programs.get(recipe)?.argv ?? [] });
      continue;
    }
    const products = [...ran].sort(bytewise);
    const generator = { inputs: digestsOf(foreign, files), products, outputs: [...sortedUnique(own)] };
    generators.set(JSON.stringify(generator), generator);
  }
  return {
    definition: digestsOf([...definition], files),
    generators: [...generators.values()].sort((a, b) => bytewise(a.outputs[0] ?? '', b.outputs[0] ?? '')),
    summaries,
  };
}

/** Stands for whatever nothing started that reads what defines the build: a script that does it all itself. */
const aboveAll: ProgramId = -1;

const isCode = (path: string): boolean => isHeader(path, undefined) || isSource(path, undefined);

/** What a compiler is given to preprocess or to translate to assembly, which it reads where nobody sees. */
function preprocessed({ argv, executable, directory }: ProgramStarted): readonly string[] {
  if (toolOf(argv[0] ?? '', executable).kind !== 'compiler' || isCompilerProper(argv[0] ?? '', argv)) return [];
  const { action, inputs } = parseCompilerCommand(argv);
  if (action !== 'preprocess' && action !== 'assembly') return [];
  return inputs.flatMap(({ path }) => (path === '-' ? [] : [posix.resolve(directory, path)]));
}

interface RecipeFiles {
  readonly read: Set<ProjectPath>;
  readonly products: Set<string>;
  readonly written: Set<ProjectPath>;
}

/** What compilers write for make and ninja to read. */
const isDependencyList = (path: string): boolean =>
  /\.(?:d|dep|P|Po|Plo|Pno|Tpo|Tlo)$/.test(path) || posix.basename(path).startsWith('.ninja_');
