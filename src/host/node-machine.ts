import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Questions about the machine that only the composition root asks. */
export const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

export const makeDirectory = (path: string): void => {
  mkdirSync(path, { recursive: true });
};

/** A new directory for a short while. */
export function makeTemporaryDirectory(): { readonly directory: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'makenix-'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Nix's own store directory. Without one, Nix as root would make it, and as a user invent a place of its own. */
export const hasNixStore = (): boolean => existsSync('/nix/store');

/** A file of this package, by its URL. */
export const readPackageFile = (url: URL): string => readFileSync(url, 'utf8');
