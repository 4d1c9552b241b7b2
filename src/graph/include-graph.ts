import type { ProjectPath, StepName } from '../model/ids.ts';

/** What one object reads, as the compiler said. */
export interface UnitInputs {
  readonly source: ProjectPath;
  /** The project's own files that it includes, without the source; bytewise order. */
  readonly headers: readonly ProjectPath[];
  /** Absolute paths of the toolchain's headers that it includes; bytewise order. */
  readonly system: readonly string[];
}

/**
 * What a unit reads, as the same objects as `before` where that says the same: expression and derivations are kept by
 * identity.
 */
export function withListsOf(before: UnitInputs | undefined, inputs: UnitInputs): UnitInputs {
  if (before === undefined) return inputs;
  const headers = sameList(before.headers, inputs.headers) ? before.headers : inputs.headers;
  const system = sameList(before.system, inputs.system) ? before.system : inputs.system;
  const isSame = headers === before.headers && system === before.system && inputs.source === before.source;
  return isSame ? before : { source: inputs.source, headers, system };
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/**
 * Which object reads which files, and the reverse. Immutable: a cycle makes the next graph from the last one and the
 * units it scanned, so that the two can be compared, and an abandoned cycle leaves nothing behind.
 */
export interface IncludeGraph {
  readonly units: ReadonlyMap<StepName, UnitInputs>;
  /** The objects that read a file, in no particular order. */
  readersOf(file: ProjectPath): ReadonlySet<StepName>;
  /** The graph with some units replaced, added or (undefined) taken out. */
  with(changes: ReadonlyMap<StepName, UnitInputs | undefined>): IncludeGraph;
}

export const emptyGraph: IncludeGraph = graphOf(new Map(), new Map());

type Readers = ReadonlyMap<ProjectPath, ReadonlySet<StepName>>;

const nobody: ReadonlySet<StepName> = new Set();

function graphOf(units: ReadonlyMap<StepName, UnitInputs>, readers: Readers): IncludeGraph {
  return {
    units,
    readersOf: (file) => readers.get(file) ?? nobody,
    with(changes) {
      const nextUnits = new Map(units);
      const nextReaders = new Map(readers);
      // Sets made for this graph; those of the last one are shared and stay as they are.
      const own = new Map<ProjectPath, Set<StepName>>();
      const readersFor = (file: ProjectPath): Set<StepName> => {
        let set = own.get(file);
        if (set === undefined) {
          set = new Set(readers.get(file));
          own.set(file, set);
          nextReaders.set(file, set);
        }
        return set;
      };
      for (const [step, inputs] of changes) {
        const old = units.get(step);
        for (const file of old === undefined ? [] : filesOf(old)) readersFor(file).delete(step);
        for (const file of inputs === undefined ? [] : filesOf(inputs)) readersFor(file).add(step);
        if (inputs === undefined) nextUnits.delete(step);
        else nextUnits.set(step, inputs);
      }
      for (const [file, set] of own) if (set.size === 0) nextReaders.delete(file);
      return graphOf(nextUnits, nextReaders);
    },
  };
}

/** Every project file of a unit, its source first. */
export const filesOf = (unit: UnitInputs): readonly ProjectPath[] => [unit.source, ...unit.headers];
