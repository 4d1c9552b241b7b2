/**
 * Strings that must not be mixed up. The brands exist at compile time only; the constructors below are the only
 * places that make one.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Relative to the project root, `/`-separated, normalised: no `.`, no `..`, no leading or trailing `/`, not empty. */
export type ProjectPath = Branded<'ProjectPath'>;

/** Names one step of a plan, e.g. `src/hello.o` or `main`. Unique in a plan. */
export type StepName = Branded<'StepName'>;

/** `/nix/store/<hash>-<name>`, always logical: a store elsewhere (`--store DIR`) still calls it that. */
export type StorePath = Branded<'StorePath'>;

/** A store path that ends in `.drv`. */
export type DrvPath = Branded<'DrvPath'>;

/** Lower-case hex of a SHA-256. */
export type ContentHash = Branded<'ContentHash'>;

/**
 * Normalises a `/`-separated path (`a/../inc/./h.h` → `inc/h.h`).
 * Returns undefined for an absolute path, for one that leaves the project, and for the project root itself.
 */
export function projectPath(text: string): ProjectPath | undefined {
  if (text.startsWith('/')) return undefined;
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : (parts.join('/') as ProjectPath);
}

/** For paths that come from a directory listing or a state file of ours and are known to be normal. */
export const trustedProjectPath = (text: string): ProjectPath => text as ProjectPath;

export const stepName = (text: string): StepName => text as StepName;
export const storePath = (text: string): StorePath => text as StorePath;
export const drvPath = (text: string): DrvPath => text as DrvPath;
export const contentHash = (hex: string): ContentHash => hex as ContentHash;
