import { createHash } from 'node:crypto';
import { filesOf, type UnitInputs } from '../graph/include-graph.ts';
import type { ContentHash, ProjectPath, StepName } from '../model/ids.ts';

/** The contents of a file as they are now; undefined where there is none. */
export type HashOf = (path: ProjectPath) => ContentHash | undefined;

interface Trace {
  readonly context: string;
  /** Of the contents of all that was read. */
  readonly contents: string;
  readonly inputs: UnitInputs;
}

/** Of each unit: as many branches as one goes back and forth between. */
const mostTraces = 4;

/** Of a small project, units that are gone are remembered as well, for the branch that has them. */
const leastUnits = 80;

/**
 * What scans have found, for when the tree is again as it was: a unit whose flags, compiler and files are the same, in a
 * project of the same files, includes the same (verifying traces). Going back to a branch asks no compiler.
 */
export class ScanMemory {
  /** The traces of a unit: the most recent first. The units: those scanned last at the end. */
  readonly #traces = new Map<StepName, readonly Trace[]>();

  /** `context` stands for all that a scan depends on besides the contents of what it reads. */
  recall(step: StepName, context: string, hashOf: HashOf): UnitInputs | undefined {
    const traces = this.#traces.get(step) ?? [];
    return traces.find((each) => each.context === context && contentsOf(each.inputs, hashOf) === each.contents)?.inputs;
  }

  record(step: StepName, context: string, inputs: UnitInputs, hashOf: HashOf): void {
    const contents = contentsOf(inputs, hashOf);
    if (contents === undefined) return;
    const trace = { context, contents, inputs };
    const others = this.#traces.get(step)?.filter((each) => each.context !== context || each.contents !== contents);
    this.#traces.delete(step);
    this.#traces.set(step, [trace, ...(others ?? [])].slice(0, mostTraces));
  }

  /** Of units that are gone, remembers as many as there are: those that were scanned last. */
  retain(units: { readonly size: number; has(step: StepName): boolean }): void {
    let surplus = this.#traces.size - Math.max(2 * units.size, leastUnits);
    for (const step of this.#traces.keys()) {
      if (surplus <= 0) return;
      if (units.has(step)) continue;
      this.#traces.delete(step);
      surplus--;
    }
  }
}

function contentsOf(inputs: UnitInputs, hashOf: HashOf): string | undefined {
  const digest = createHash('sha256');
  for (const file of filesOf(inputs)) {
    const hash = hashOf(file);
    if (hash === undefined) return undefined;
    digest.update(hash);
  }
  return digest.digest('hex');
}
