import type { Failure } from '../model/failure.ts';
import type { ProjectPath, StepName, StorePath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { ok, type Result } from '../model/result.ts';
import type { UnitInputs } from '../graph/include-graph.ts';
import type { Realiser, StopSignals } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';
import type { FileIndex } from '../scan/file-index.ts';
import type { Prepared } from './session.ts';
import type { Toolchain } from './toolchain.ts';

/** Objects of the targets asked for, as Nix has made them. */
export interface BuiltObjects {
  readonly store: OpenedStore;
  readonly toolchain: Toolchain;
  readonly units: readonly BuiltUnit[];
  /** Those of which nobody knows where their object is. */
  readonly missing: readonly StepName[];
  /** Whether a file is what objects were made from. */
  readonly isCurrent: (path: ProjectPath) => boolean;
}

/** A unit and the object that Nix has made of it. */
export interface BuiltUnit {
  readonly step: CompileStep;
  /** What the step in the sandbox had to read. */
  readonly inputs: UnitInputs;
  readonly output: StorePath;
}

export interface ObjectsToFind {
  readonly store: OpenedStore;
  readonly prepared: Prepared;
  readonly compiles: readonly CompileStep[];
  readonly realiser: Realiser;
  /** Of the files of the project, as the build took them. */
  readonly index: FileIndex;
}

/**
 * Where the objects of a build are: Nix is asked for each by itself, since what was not built in this run nobody has said.
 * One that was collected while what is made from it was not is built again.
 */
export async function findObjects(
  { store, prepared, compiles, realiser, index }: ObjectsToFind,
  stop: StopSignals,
): Promise<Result<BuiltObjects, Failure>> {
  const { indexed, graph, toolchain } = prepared;
  const goals = compiles.map(({ name }) => name);
  const realised = await realiser.realise({ plan: indexed.plan, goals, observe: () => undefined, stop });
  if (!realised.ok) return realised;
  const units = compiles.flatMap((step): readonly BuiltUnit[] => {
    const inputs = graph.units.get(step.name);
    const output = realised.value.outputs.get(step.name);
    return inputs === undefined || output === undefined ? [] : [{ step, inputs, output: output.outPath }];
  });
  const found = new Set(units.map(({ step }) => step.name));
  const missing = goals.filter((name) => !found.has(name));
  return ok({ store, toolchain, units, missing, isCurrent: (path) => index.isCurrent(path) });
}
