import { createHash } from 'node:crypto';

/**
 * The name of an object's derivation: `object-src-hello.o` for `src/hello.o`. The generated expressions compute the same
 * (`storeNamePrelude` in prelude.ts).
 *
 * In dynamic mode an output of a derivation *is* this derivation, and Nix names an output after its derivation and
 * itself, `object` and `src-hello.o.drv`. That is what the prefix is for: an object has one name in both modes, and so
 * is one derivation.
 */
export const objectDerivationName = (path: string): string => `object-${storeName(path)}`;

/**
 * A project path as part of a store name. Those allow `[0-9a-zA-Z+-._?=]` and are at most 211 bytes long (nix:
 * src/libstore/path.cc); paths allow everything.
 *
 * Injective, so that the derivation Nix reports names the step it belongs to, and a function of the path alone, so that
 * a new file never renames (and so rebuilds) another's object: `/` becomes `-` and `-` becomes `--`. Where that is not
 * enough, what is not allowed becomes `=`, and a digest of the whole path tells it from others.
 */
export function storeName(path: string): string {
  if (isSimple(path)) return path.replaceAll('-', '--').replaceAll('/', '-');
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 32);
  const legible = path.replaceAll('/', '-').replace(/[^A-Za-z0-9+._?-]+/g, '=');
  return `${legible.slice(0, longestLegible)}==${digest}`;
}

/** Doubled by dashes, it still leaves room for `object-`, `.drv` and an output's name. */
const longestSimple = 90;
const longestLegible = 120;

const isSimple = (path: string): boolean =>
  path.length <= longestSimple && /^[A-Za-z0-9+_?][A-Za-z0-9+._?/-]*$/.test(path) && !path.includes('/-');
