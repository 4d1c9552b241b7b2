import { createHash } from 'node:crypto';
import { contentHash, drvPath, type ContentHash, type DrvPath, type StorePath } from '../model/ids.ts';
import { printDerivation, type StoreDerivation } from './aterm.ts';
import { makeStorePath } from './store-path.ts';

/*
 * How an input-addressed derivation gets the paths of its outputs: they are named after a hash of its text in which each
 * input stands as a hash of its own, made the same way. Source, in nix: `hashDerivationModulo` in
 * src/libstore/derivations.cc, up to 2.34.
 */

/** What stands for a derivation where it is an input of another. */
export interface ModuloHash {
  /** By output. */
  readonly outputs: ReadonlyMap<string, ContentHash>;
  /** It is content-addressed, or below one that is: outputs of what is above it have no paths yet. */
  readonly isDeferred: boolean;
}

export type ModuloOf = (drv: DrvPath) => ModuloHash;

export function moduloHash(derivation: StoreDerivation, moduloOf: ModuloOf): ModuloHash {
  const { outputs } = derivation;
  const fixed = [...outputs].find(([, { path, hash }]) => path !== '' && hash !== '');
  if (fixed !== undefined) {
    // The contents are known, and so it does not matter how they are come by.
    const [output, { hashAlgorithm, hash, path }] = fixed;
    return { outputs: new Map([[output, sha256(`fixed:out:${hashAlgorithm}:${hash}:${path}`)]]), isDeferred: false };
  }
  const isFloating = [...outputs.values()].some(({ hashAlgorithm }) => hashAlgorithm !== '');
  const { hash, isDeferred } = hashWithInputs(derivation, moduloOf);
  return {
    outputs: new Map([...outputs.keys()].map((output) => [output, hash])),
    isDeferred: isDeferred || isFloating,
  };
}

/**
 * The derivation (`name` is its own, without `.drv`) with the paths of its outputs, which it is given without: as outputs that are nothing yet and as empty
 * variables. Where they cannot be known, because an input is content-addressed, they stay so.
 */
export function withOutputPaths(name: string, derivation: StoreDerivation, moduloOf: ModuloOf): StoreDerivation {
  const { hash, isDeferred } = hashWithInputs(derivation, moduloOf);
  if (isDeferred) return derivation;
  const paths = new Map([...derivation.outputs.keys()].map((output) => [output, outputPath(name, output, hash)]));
  return {
    ...derivation,
    outputs: new Map([...paths].map(([output, path]) => [output, { path, hashAlgorithm: '', hash: '' }])),
    env: new Map<string, string>([...derivation.env, ...paths]),
  };
}

const outputPath = (name: string, output: string, hash: ContentHash): StorePath =>
  makeStorePath(`output:${output}`, hash, output === 'out' ? name : `${name}-${output}`);

function hashWithInputs(
  derivation: StoreDerivation,
  moduloOf: ModuloOf,
): { readonly hash: ContentHash; readonly isDeferred: boolean } {
  let isDeferred = false;
  const inputs = new Map<string, string[]>();
  for (const [drv, outputs] of derivation.inputDrvs) {
    const modulo = moduloOf(drv);
    isDeferred ||= modulo.isDeferred;
    for (const output of outputs) {
      const hash = modulo.outputs.get(output);
      if (hash === undefined) throw new Error(`${drv} has no output ${output}`);
      const known = inputs.get(hash);
      if (known === undefined) inputs.set(hash, [output]);
      else known.push(output);
    }
  }
  // In the text, a hash stands where the path of a derivation does otherwise.
  const inputDrvs = new Map([...inputs.keys()].sort().map((hash) => [drvPath(hash), inputs.get(hash) ?? []]));
  return { hash: sha256(printDerivation({ ...derivation, inputDrvs })), isDeferred };
}

const sha256 = (text: string): ContentHash => contentHash(createHash('sha256').update(text).digest('hex'));
