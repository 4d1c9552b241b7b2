import { cpSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makenix } from './makenix.ts';
import type { TestProject } from './project.ts';
import { temporaryDirectory } from './temporary.ts';

/** What a first run makes of the project's tree as it is now: in another place, remembering nothing. */
export async function freshExpression({ root }: TestProject): Promise<string> {
  const copy = join(temporaryDirectory(), basename(root));
  const isOurs = (path: string): boolean => /^(\.makenix|derivation\.nix|result(-\d+)?)$/.test(basename(path));
  cpSync(root, copy, { recursive: true, filter: (path) => !isOurs(path) });
  const { exitCode, stderr } = await makenix(['generate', '-C', copy, '--toolchain', 'host']);
  // 1: some unit could not be scanned, which the expression is none the worse for.
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`makenix generate: exit code ${exitCode}\n${stderr}`);
  return readFileSync(join(copy, 'derivation.nix'), 'utf8');
}
