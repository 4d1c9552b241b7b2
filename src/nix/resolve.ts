import type { DrvPath, StorePath } from '../model/ids.ts';
import { sortedUnique } from '../model/order.ts';
import type { StoreDerivation } from './aterm.ts';
import { withOutputPaths } from './derivation-modulo.ts';
import { derivationPath } from './store-path.ts';

/*
 * What Nix really builds of a derivation whose inputs are content-addressed: one that names the outputs of its inputs by
 * their paths, now that they are known, and no derivation any more. Source, in nix: `Derivation::tryResolve` and
 * `shouldResolve` in src/libstore/derivations.cc.
 */

/** Says all that a builder must know, with every input a path: what a store can be asked to build without more ado. */
export type BasicDerivation = Omit<StoreDerivation, 'inputDrvs'>;

export interface ResolvedDerivation {
  readonly drv: DrvPath;
  readonly derivation: BasicDerivation;
}

/** An output of an input, where its path is known. */
export type OutputOf = (drv: DrvPath, output: string) => KnownOutput | undefined;

export interface KnownOutput {
  /** What stands for it until then: `upstreamPlaceholder`. */
  readonly placeholder: string;
  readonly path: StorePath;
}

/** Whether Nix resolves it: it has inputs, and its own outputs are not known before they are. */
export const needsResolution = ({ inputDrvs, outputs }: StoreDerivation): boolean =>
  inputDrvs.size > 0 && [...outputs.values()].every(({ path }) => path === '');

/** `name` is without `.drv`. */
export interface PathedDerivation {
  readonly name: string;
  readonly drv: DrvPath;
  readonly derivation: StoreDerivation;
}

/**
 * What a store builds of a derivation: where it is not resolved, the derivation itself, with its inputs by their paths.
 * Undefined where an output is missing.
 */
export function resolveDerivation(
  { name, drv, derivation }: PathedDerivation,
  outputOf: OutputOf,
): ResolvedDerivation | undefined {
  const paths = new Map<string, StorePath>();
  for (const [input, outputs] of derivation.inputDrvs) {
    for (const output of outputs) {
      const known = outputOf(input, output);
      if (known === undefined) return undefined;
      paths.set(known.placeholder, known.path);
    }
  }
  const inputSrcs = sortedUnique([...derivation.inputSrcs, ...paths.values()]);
  if (!needsResolution(derivation)) return { drv, derivation: { ...derivation, inputSrcs } };
  // Where placeholders stand, one ends before the next begins, as none has a slash inside.
  const rewritten = (text: string): string =>
    text.includes('/') ? text.replace(placeholders, (found) => paths.get(found) ?? found) : text;
  const resolved: StoreDerivation = {
    ...derivation,
    inputDrvs: new Map(),
    inputSrcs,
    builder: rewritten(derivation.builder),
    args: derivation.args.map(rewritten),
    env: new Map([...derivation.env].map(([key, value]) => [rewritten(key), rewritten(value)])),
  };
  // Input-addressed, below a content-addressed one: now it has paths.
  const isDeferred = [...derivation.outputs.values()].every((output) => Object.values(output).every((at) => at === ''));
  const complete = isDeferred ? withOutputPaths(name, resolved, noInput) : resolved;
  return { drv: derivationPath(name, complete), derivation: complete };
}

const noInput = (drv: DrvPath): never => {
  throw new Error(`${drv} is an input of what has none`);
};

const placeholders = /\/[0-9a-df-np-sv-z]{52}/g;
