import type { Failure } from '../model/failure.ts';
import type { StepName } from '../model/ids.ts';
import type { ProductStep } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { toolchainOf } from '../nix/described-toolchain.ts';
import { printDerivation } from '../nix/aterm.ts';
import { productDerivation } from '../nix/step-derivation.ts';
import { upstreamPlaceholder } from '../nix/store-path.ts';
import type { LinkAttributes } from './attributes.ts';
import type { ObjectIndex } from './object-stage.ts';

/** The text of a target's derivation. */
export function makeProduct(
  { target, libraries, toolchain }: LinkAttributes,
  products: readonly ProductStep[],
  objects: ObjectIndex,
): Result<string, Failure> {
  const steps = new Map<string, ProductStep>(products.map((step) => [step.name, step]));
  const step = steps.get(target);
  if (step === undefined) return fail({ kind: 'unknown-target', target, known: [...steps.keys()] });
  const known = <Value>(value: Value | undefined, name: StepName): Value => {
    if (value === undefined) throw new Error(`${target} needs ${name}, which was not expected`);
    return value;
  };
  const { derivation } = productDerivation(
    step,
    {
      step: (name) => {
        const product = steps.get(name);
        const drv = known(product === undefined ? objects[name] : libraries[name], name);
        const made = { drv, out: upstreamPlaceholder(drv) };
        return product === undefined ? made : { ...made, product };
      },
      file: (path) => {
        throw new Error(`${target} needs ${path}, and only recorded links read files`);
      },
    },
    toolchainOf(toolchain, 'content'),
  );
  return ok(printDerivation(derivation));
}
