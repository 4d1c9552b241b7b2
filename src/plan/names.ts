import type { TargetKind } from '../model/plan.ts';

/**
 * What a target may be called: its name is a step's, a store path's and a file's at once. The characters and the first
 * one are what Nix allows in a store path name; `-` in front would be read as an option by the linker and by makenix
 * itself. The length leaves room for `lib` and `.so` and for a hash within a file name. The last three names are refused
 * because they mean something to a JavaScript object, and so are the endings of derivations and of objects.
 */
export const TARGET_NAME =
  /^(?!(?:__proto__|constructor|prototype)$)(?![.-])(?!.*\.(?:drv|o)$)[A-Za-z0-9+._?=-]{1,100}$/;

/** Any text made into a legal target name: a directory's name seldom is a promise to be one. */
export function legalName(text: string): string {
  const name = text
    .replace(/[^A-Za-z0-9+._?=-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 100)
    .replace(/-+$/, '');
  return TARGET_NAME.test(name) ? name : 'main';
}

/** The file a target makes. `liblua` already says that it is a library. */
export function productFile(name: string, kind: TargetKind): string {
  switch (kind) {
    case 'executable':
      return name;
    case 'static-library':
      return `${libraryStem(name)}.a`;
    case 'shared-library':
      return `${libraryStem(name)}.so`;
  }
}

const libraryStem = (name: string): string => (name.startsWith('lib') ? name : `lib${name}`);
