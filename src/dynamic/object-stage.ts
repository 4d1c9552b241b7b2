import type { Failure } from '../model/failure.ts';
import type { DrvPath, ProjectPath, StepName, StorePath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { printDerivation, type StoreDerivation } from '../nix/aterm.ts';
import { toolchainOf } from '../nix/described-toolchain.ts';
import { compileDerivation } from '../nix/step-derivation.ts';
import { storeName } from '../nix/store-name.ts';
import { outputPlaceholder } from '../nix/store-path.ts';
import type { FilePaths, ObjectAttributes } from './attributes.ts';
import type { ScannedObject } from './scan-stage.ts';

/** Derivations of objects, as files: by step. */
export type ObjectIndex = Readonly<Record<StepName, DrvPath>>;

/**
 * Makes the derivation of each object of a part. Every output gets a text: one that the plan does not call for, a
 * derivation that nobody will build.
 */
export function makeObjects(
  { files, toolchain: described, outputs }: ObjectAttributes,
  sharedFiles: FilePaths,
  objects: readonly ScannedObject[],
): Result<{ readonly index: ObjectIndex; readonly texts: ReadonlyMap<string, string> }, Failure> {
  const toolchain = toolchainOf(described, 'content');
  const storePaths = new Map(Object.entries({ ...sharedFiles, ...files }) as [ProjectPath, StorePath][]);
  const index: Record<string, DrvPath> = {};
  const texts = new Map<string, string>();
  for (const { step, headers, fingerprint } of objects) {
    const output = `${storeName(step.name)}.drv`;
    const place = outputs[output];
    if (place === undefined) return fail({ kind: 'name-unforeseen', step: step.name, source: step.source });
    const foreign = headers.find((header) => !storePaths.has(header));
    if (foreign !== undefined) {
      return fail({ kind: 'source-included', source: step.source, included: foreign });
    }
    const fileOf = (path: ProjectPath): StorePath => {
      const file = storePaths.get(path);
      if (file === undefined) throw new Error(`${path} is no file of the part of ${step.source}`);
      return file;
    };
    const { derivation } = compileDerivation(step, headers, fileOf, fingerprint, toolchain);
    texts.set(output, printDerivation(derivation));
    // Nix knows the path only once it has the text, and puts it in the place of this one.
    index[step.name] = place as DrvPath;
  }
  for (const output of Object.keys(outputs)) {
    if (output !== 'index' && !texts.has(output)) texts.set(output, printDerivation(unused(toolchain.system)));
  }
  return ok({ index, texts });
}

const unused = (system: string): StoreDerivation => ({
  outputs: new Map([['out', { path: '', hashAlgorithm: 'r:sha256', hash: '' }]]),
  inputDrvs: new Map(),
  inputSrcs: [],
  system,
  builder: '/no/such/object',
  args: [],
  env: new Map([['out', outputPlaceholder()]]),
});
