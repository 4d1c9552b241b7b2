import type { ProductStep } from './plan.ts';

/**
 * Where a product lies in the output of its derivation: `bin/lua`, `lib/liblua.a`, as `nix run`, profiles and `buildInputs`
 * expect. Undefined for an object, which is the output itself.
 */
export function productPlace(step: ProductStep): string | undefined {
  const file = step.path.slice(step.path.lastIndexOf('/') + 1);
  if (step.kind === 'archive') return `lib/${file}`;
  switch (step.form) {
    case 'executable':
      return `bin/${file}`;
    case 'shared-library':
      return `lib/${file}`;
    case 'object':
      return undefined;
  }
}
