import type { Reason } from '../model/events.ts';
import { trustedProjectPath, type DrvPath, type StepName } from '../model/ids.ts';
import type { BuildPlan, CompileStep, Step } from '../model/plan.ts';
import type { ProjectFiles } from '../host/ports.ts';
import type { UnitInputs } from '../graph/include-graph.ts';
import { parseDerivation, type StoreDerivation } from '../nix/aterm.ts';
import { nameOf } from '../nix/build-log.ts';
import { parseRecords } from '../nix/input-records.ts';
import { objectDerivationName } from '../nix/store-name.ts';
import { derivationChanges } from './derivation-changes.ts';

/*
 * What the derivations that Nix has made of a project say of its steps.
 */

/** Reads a derivation from the store. Undefined where it is not there any more, or is none that makenix has made. */
export type DerivationReader = (drv: DrvPath) => StoreDerivation | undefined;

/** `store`: the files below the directory that stands for `/` in the store. */
export const derivationReader =
  (store: ProjectFiles): DerivationReader =>
  (drv) => {
    const text = store.read(trustedProjectPath(drv.slice(1)))?.toString('utf8');
    const parsed = text === undefined ? undefined : parseDerivation(text);
    return parsed?.ok === true ? parsed.value : undefined;
  };

/** The derivation of every step, from those of the targets. Throws where one is missing, which would be a bug. */
export function derivationsOf(
  wanted: BuildPlan,
  targets: ReadonlyMap<StepName, DrvPath>,
  read: DerivationReader,
): ReadonlyMap<StepName, DrvPath> {
  const found = new Map(targets);
  const objects = new Set(wanted.compiles.map(({ name }) => name));
  const nameIn = (step: StepName): string => (objects.has(step) ? objectDerivationName(step) : step);
  // Libraries come before what uses them, so backwards each product is met with its derivation known.
  for (const product of wanted.products.toReversed()) {
    const drv = found.get(product.name);
    const derivation = drv === undefined ? undefined : read(drv);
    if (derivation === undefined) throw new Error(`the derivation of ${product.name} is not in the store`);
    const byName = new Map([...derivation.inputDrvs.keys()].map((drv) => [nameOf(drv), drv]));
    for (const step of product.inputs) {
      const input = byName.get(nameIn(step));
      if (input !== undefined) found.set(step, input);
    }
  }
  for (const { name } of wanted.compiles) if (!found.has(name)) throw new Error(`${name} has no derivation`);
  return found;
}

/** What an object reads of the project. */
export function unitOf(step: CompileStep, { env }: StoreDerivation): UnitInputs {
  const [, ...headers] = parseRecords(env.get('inputs') ?? '').map(({ path }) => trustedProjectPath(path));
  return { source: step.source, headers, system: [] };
}

/** Why a step has another derivation than before. `before` is undefined where nothing is known of it. */
export function reasonsFor(
  step: Step,
  isFirstRun: boolean,
  before: StoreDerivation | undefined,
  after: StoreDerivation | undefined,
  toolchain: string,
): readonly Reason[] {
  if (before !== undefined && after !== undefined) return derivationChanges(before, after, toolchain);
  const path = step.kind === 'compile' ? step.source : step.name;
  return [{ path, change: isFirstRun ? 'first-seen' : 'added' }];
}
