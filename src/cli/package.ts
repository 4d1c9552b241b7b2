import { fileURLToPath } from 'node:url';
import { readPackageFile } from '../host/node-machine.ts';

/** The version of this package, wherever it is installed. */
export function packageVersion(): string {
  const text = readPackageFile(new URL('../../package.json', import.meta.url));
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** What a shell starts, whatever started us. */
export const programFile = (): string => fileURLToPath(new URL('../../bin/makenix.js', import.meta.url));
