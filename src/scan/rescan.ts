import type { ReasonChange } from '../model/events.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { filesOf, type IncludeGraph, type UnitInputs } from '../graph/include-graph.ts';
import type { FileChange, FileIndex } from './file-index.ts';

/** A unit whose includes may have changed, and the file that says so. */
export interface RescanReason {
  readonly step: StepName;
  readonly path: ProjectPath;
  readonly change: ReasonChange;
}

/** A file that is new in the tree or gone from it, whether or not anything reads it. */
export interface Appearance {
  readonly path: ProjectPath;
  readonly change: 'added' | 'removed';
}

export interface TreeChanges {
  /** Of files that were and are there. */
  readonly contents: readonly FileChange[];
  readonly appearances: readonly Appearance[];
  /** Some appearance made or removed a directory. */
  readonly directories: boolean;
}

/**
 * Which units a set of changes can have given other includes. Safe because the set of files an inclusion reaches is a
 * function of the directives of the files it reads and of which files exist (and the flags, which the plan compares):
 *
 * - a file whose directives differ concerns its readers; one whose contents alone differ concerns nobody, unless
 *   `__COUNTER__` lets body text steer an `#if`, or the unit's flags make other text of the file than it seems;
 * - a file that is new or gone concerns its readers, and every unit that names something it could be: by the operand
 *   of an include (also one that `__has_include` asked for), by a system header of the same name that it would shadow,
 *   or through a macro that could name anything;
 * - a directory that is new or gone concerns whoever includes through `..`, which only an existing directory has.
 */
export function unitsToRescan(
  changes: TreeChanges,
  graph: IncludeGraph,
  index: FileIndex,
  steps: ReadonlyMap<StepName, CompileStep>,
): readonly RescanReason[] {
  const reasons: RescanReason[] = [];
  for (const { path, before, after } of changes.contents) {
    const steers = before?.projection.hash !== after?.projection.hash;
    for (const step of graph.readersOf(path)) {
      const unit = graph.units.get(step);
      if (steers || readsDifferently(steps.get(step)) || (unit !== undefined && countsExpansions(unit, index)))
        reasons.push({ step, path, change: 'modified' });
    }
  }
  for (const { path, change } of changes.appearances) {
    for (const step of graph.readersOf(path)) reasons.push({ step, path, change });
  }
  const [anything] = changes.appearances;
  if (anything !== undefined) reasons.push(...couldResolveAnew(changes, anything, graph, index, steps));
  return reasons;
}

function couldResolveAnew(
  { appearances, directories }: TreeChanges,
  anything: Appearance,
  graph: IncludeGraph,
  index: FileIndex,
  steps: ReadonlyMap<StepName, CompileStep>,
): readonly RescanReason[] {
  const byBasename = new Map<string, Appearance[]>();
  for (const appearance of appearances) {
    const base = basename(appearance.path);
    const list = byBasename.get(base);
    if (list === undefined) byBasename.set(base, [appearance]);
    else list.push(appearance);
  }
  const match = (operand: string): Appearance | undefined =>
    directories && operand.split('/').includes('..')
      ? anything
      : byBasename.get(basename(operand))?.find(({ path }) => couldName(operand, path));

  // Files are shared by many units: each is looked at once.
  const fileCause = remembered((file: ProjectPath) => {
    const projection = index.get(file)?.projection;
    return projection?.computed === true ? anything : first(projection?.operands ?? [], match);
  });
  const systemCause = remembered((header: string) => byBasename.get(basename(header))?.[0]);

  const reasons: RescanReason[] = [];
  for (const [step, unit] of graph.units) {
    const flags = steps.get(step)?.flags ?? [];
    const cause =
      first(filesOf(unit), fileCause) ??
      first(unit.system, systemCause) ??
      first(forcedIncludes(flags), match) ??
      // A macro of the command line may well ask for a file by another name.
      (flags.some((flag) => flag.includes('__has_')) ? anything : undefined);
    if (cause !== undefined) reasons.push({ step, ...cause });
  }
  return reasons;
}

function remembered<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (known.has(key)) return known.get(key) as V;
    const value = compute(key);
    known.set(key, value);
    return value;
  };
}

/** Flags under which our reading of directives does not hold. */
const readsDifferently = (step: CompileStep | undefined): boolean =>
  step?.flags.some(
    (flag) => flag === '-traditional-cpp' || flag === '-traditional' || flag.startsWith('-finput-charset'),
  ) === true;

const countsExpansions = (unit: UnitInputs, index: FileIndex): boolean =>
  filesOf(unit).some((file) => index.get(file)?.projection.counter === true);

/** `../inc/./a.h` could be any file that ends in `inc/a.h`: where an operand leads depends on directories we need not know. */
export function couldName(operand: string, path: ProjectPath): boolean {
  const tail: string[] = [];
  for (const part of operand.split('/')) {
    if (part === '..') tail.length = 0;
    else if (part !== '.' && part !== '') tail.push(part);
  }
  const suffix = tail.join('/');
  return path === suffix || path.endsWith(`/${suffix}`);
}

/** Operands of `-include` and `-imacros`. */
export function forcedIncludes(flags: readonly string[]): readonly string[] {
  const operands: string[] = [];
  for (const [i, flag] of flags.entries()) {
    if (flag === '-include' || flag === '-imacros') operands.push(flags[i + 1] ?? '');
    else if (/^-(include|imacros)./.test(flag)) operands.push(flag.replace(/^-(include|imacros)/, ''));
  }
  return operands;
}

function first<A, B>(values: readonly A[], find: (value: A) => B | undefined): B | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
