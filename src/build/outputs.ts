import type { Output } from '../model/events.ts';
import type { StateFailure } from '../model/failure.ts';
import { trustedProjectPath, type ProjectPath, type StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { productPlace } from '../model/product-place.ts';
import { stateFailure } from '../model/state-failure.ts';
import type { ProjectFiles } from '../host/ports.ts';
import type { RealisedOutput } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';

/** Where an output lies on this machine: the store's own directory stands for `/`. */
export const physicalPath = (store: OpenedStore, outPath: string): string | undefined =>
  store.root === undefined ? undefined : `${store.root.replace(/\/$/, '')}${outPath}`;

/** `result`, `result-1`, … as `nix build` names them, in the order of the targets asked for. */
export const resultLink = (position: number): ProjectPath =>
  trustedProjectPath(position === 0 ? 'result' : `result-${String(position)}`);

/** A project of hundreds of programs, tests mostly, would drown in its links. Who asks for one by name gets its link. */
const mostLinks = 20;

export interface LinkedResults {
  readonly outputs: readonly Output[];
  /** A link that still leads to what was built before. */
  readonly unwritten: StateFailure | undefined;
}

/**
 * Points the `result` links at the outputs of the first targets. A name that is taken by something that is no link is left
 * alone: the output then says `link: null`, as do those beyond `mostLinks`, and those whose link could not be written.
 */
export function linkResults(
  files: ProjectFiles,
  store: OpenedStore,
  wanted: BuildPlan,
  outputs: ReadonlyMap<StepName, RealisedOutput>,
): LinkedResults {
  let unwritten: StateFailure | undefined;
  const linked = wanted.targets.flatMap((target, position): Output[] => {
    const output = outputs.get(target.step);
    if (output === undefined) return [];
    const step = wanted.products.find((product) => product.name === target.step);
    const file = (step === undefined ? undefined : productPlace(step)) ?? target.name;
    const link = resultLink(position);
    const destination = physicalPath(store, output.outPath) ?? output.outPath;
    if (position >= mostLinks) return [{ target: target.name, ...output, file, link: null }];
    try {
      if (files.readLink(link) !== destination) files.link(link, destination);
      return [{ target: target.name, ...output, file, link }];
    } catch (error) {
      if (files.readLink(link) !== undefined) unwritten ??= stateFailure(link, error);
      return [{ target: target.name, ...output, file, link: null }];
    }
  });
  return { outputs: linked, unwritten };
}
