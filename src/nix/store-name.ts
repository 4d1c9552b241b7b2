import { createHash } from 'node:crypto';

/**
 * The name of an object's derivation. Store names allow `[0-9a-zA-Z+-._?=]`, must not start with a dot and are at most
 * 211 bytes long (nix: src/libstore/path.cc); paths allow everything.
 *
 * Injective, so that the derivation Nix reports names the step it belongs to, and a function of the path alone, so that
 * a new file never renames (and so rebuilds) another's object: `/` becomes `-`, `-` becomes `--`, and what is left over
 * (a dash that starts a component, `=`, any byte that is not allowed) becomes `=` and two hex digits.
 */
export function storeName(path: string): string {
  const name = isSimple(path) ? simpleName(path) : escapedName(path);
  if (name.length <= longest) return name;
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 32);
  return `${name.slice(0, longest - 34)}==${digest}`;
}

/** `.drv` and an output name are appended to it; 211 is Nix's limit. */
const longest = 180;

/** Whether the expression's own `storeName` (two string replacements) is enough. Keep in step with `prelude.ts`. */
export const isSimple = (path: string): boolean =>
  path.length <= longest / 2 && /^[A-Za-z0-9+_?][A-Za-z0-9+._?/-]*$/.test(path) && !path.includes('/-');

const simpleName = (path: string): string => path.replaceAll('-', '--').replaceAll('/', '-');

function escapedName(path: string): string {
  let name = '';
  let startsComponent = true;
  for (const byte of Buffer.from(path)) {
    const character = String.fromCharCode(byte);
    if (character === '/') name += '-';
    else if (character === '-' && !startsComponent) name += '--';
    else if (/[A-Za-z0-9+_?]/.test(character) || (character === '.' && name !== '')) name += character;
    else name += `=${byte.toString(16).padStart(2, '0')}`;
    startsComponent = character === '/';
  }
  return name;
}
