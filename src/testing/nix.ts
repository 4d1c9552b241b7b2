import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Absolute path of a program on the PATH. */
export function findProgram(name: string): string {
  const found = searchPath().find((directory) => isExecutable(join(directory, name)));
  if (found === undefined) throw new Error(`${name} is not on the PATH: run the end-to-end tests by \`npm test\``);
  return join(found, name);
}

/** A PATH like ours on which there is no Nix. */
export const pathWithoutNix = (): string =>
  searchPath()
    .filter((directory) => !isExecutable(join(directory, 'nix')))
    .join(delimiter);

/**
 * Paths of the derivations that one is made from, out of what `nix derivation show` printed. Before Nix 2.32 that is
 * `{ DRV: { inputDrvs: { DRV: … } } }`, since then `{ derivations: { DRV: { inputs: { drvs: { DRV: … } } } } }`, with
 * names in place of whole paths.
 */
export function inputsOf(shown: string, drvPath: string): string[] {
  const all = JSON.parse(shown) as Shown & { readonly derivations?: Shown };
  const derivations = all.derivations ?? all;
  const derivation = Object.entries(derivations).find(([path]) => drvPath.endsWith(path))?.[1];
  if (derivation === undefined) throw new Error(`${drvPath} is not among ${Object.keys(derivations).join(', ')}`);
  return Object.keys(derivation.inputDrvs ?? derivation.inputs?.drvs ?? {});
}

type Shown = Readonly<Record<string, { readonly inputDrvs?: object; readonly inputs?: { readonly drvs?: object } }>>;

const searchPath = (): readonly string[] => (process.env['PATH'] ?? '').split(delimiter);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
