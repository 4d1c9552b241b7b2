import type { ReasonChange } from '../model/events.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { filesOf, type IncludeGraph, type UnitInputs } from '../graph/include-graph.ts';
import { Appeared, type TreeLook } from './appeared.ts';
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
  /** Links to directories that are new, gone, or lead elsewhere: what lies behind them is listed nowhere. */
  readonly relinked: readonly ProjectPath[];
}

/**
 * Which units a set of changes can have given other includes. Safe because the set of files an inclusion reaches is a
 * function of the directives of the files it reads and of which files exist (and the flags, which the plan compares):
 *
 * - a file whose directives differ concerns its readers; one whose contents alone differ concerns nobody, unless
 *   `__COUNTER__` lets body text steer an `#if`, the body has the assembler read files or did, or the unit's flags make other text of
 *   the file than it seems;
 * - a file that is new or gone concerns its readers, and every unit that looks for something where it lies: what an include
 *   names (also one that is skipped, or that `__has_include` asked for), unless what was found comes before it in the search; a system
 *   header whose place it would take; or, through a macro, anything;
 * - a link to a directory that is new, gone or leads elsewhere concerns everybody;
 * - a directory that is new or gone concerns whoever looks for files through `..`, which only an existing directory has.
 */
export function unitsToRescan(
  changes: TreeChanges,
  graph: IncludeGraph,
  index: FileIndex,
  steps: ReadonlyMap<StepName, CompileStep>,
  tree: TreeLook,
): readonly RescanReason[] {
  const reasons: RescanReason[] = [];
  for (const { path, before, after } of changes.contents) {
    // What no longer has the assembler read a file may have been the only one that did: then no body matters any more.
    const steers = before?.projection.hash !== after?.projection.hash || before?.projection.assembles === true;
    for (const step of graph.readersOf(path)) {
      const unit = graph.units.get(step);
      if (steers || readsDifferently(steps.get(step)) || (unit !== undefined && bodiesMatter(unit, index)))
        reasons.push({ step, path, change: 'modified' });
    }
  }
  for (const { path, change } of changes.appearances) {
    for (const step of graph.readersOf(path)) reasons.push({ step, path, change });
  }
  for (const path of changes.relinked) {
    for (const step of graph.units.keys()) reasons.push({ step, path, change: 'modified' });
  }
  const [anything] = changes.appearances;
  if (anything !== undefined) {
    const appeared = new Appeared(changes, anything, index, tree);
    for (const [step, unit] of graph.units) {
      const cause = appeared.concerning(unit, steps.get(step));
      if (cause !== undefined) reasons.push({ step, ...cause });
    }
  }
  return reasons;
}

/** Flags under which our reading of directives does not hold. */
const readsDifferently = (step: CompileStep | undefined): boolean =>
  step?.flags.some(
    (flag) => flag === '-traditional-cpp' || flag === '-traditional' || flag.startsWith('-finput-charset'),
  ) === true;

const bodiesMatter = (unit: UnitInputs, index: FileIndex): boolean =>
  filesOf(unit).some((file) => {
    const projection = index.get(file)?.projection;
    return projection?.counter === true || projection?.assembles === true;
  });
