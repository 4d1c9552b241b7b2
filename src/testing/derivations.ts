import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createNodeFiles } from '../host/node-files.ts';
import type { Addressing } from '../model/events.ts';
import type { ContentHash, DrvPath, ProjectPath, StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { printExpression } from '../nix/expression.ts';
import { narHash } from '../nix/nar.ts';
import { commonArguments, type NixSettings } from '../nix/nix-command.ts';
import { nixPath, nixString } from '../nix/nix-text.ts';
import { execute } from './execute.ts';
import { findProgram } from './nix.ts';

/** For tests that compare derivations of ours with those of Nix, in a store of their own. */
export const settingsOf = (store: string, addressing: Addressing): NixSettings => ({
  program: findProgram('nix'),
  ...{ store, addressing, isPrivate: true, substitutes: false, sandboxPaths: [], jobs: 2 },
  // A toolchain may be content-addressed where its steps are not.
  features: ['ca-derivations'],
});

/** The text of a derivation that lies in a store. */
export const readDerivation = (store: string, drv: DrvPath): string | undefined =>
  existsSync(join(store, drv)) ? readFileSync(join(store, drv), 'utf8') : undefined;

export function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The hashes of the files below a directory. */
export function narsIn(root: string): (path: ProjectPath) => ContentHash | undefined {
  const files = createNodeFiles(root);
  return (path) => {
    const [stamp, contents] = [files.stat(path), files.read(path)];
    return stamp === undefined || contents === undefined ? undefined : narHash(contents, stamp.isExecutable);
  };
}

/** A project, and the steps whose derivations are wanted. */
export interface ToEvaluate {
  readonly root: string;
  readonly plan: BuildPlan;
  readonly headers: ReadonlyMap<StepName, readonly ProjectPath[]>;
  readonly steps: Iterable<StepName>;
  /** An expression. */
  readonly pkgs: string;
}

/**
 * Has Nix evaluate the generated expressions of all projects, in one go, to the derivations of steps by name. Fails where
 * one cannot be evaluated.
 */
export async function evaluateSteps(
  settings: NixSettings,
  projects: readonly ToEvaluate[],
): Promise<readonly ReadonlyMap<StepName, DrvPath>[]> {
  const [first] = projects;
  if (first === undefined) return [];
  const sets = projects.map(({ root, plan, headers, steps, pkgs }) => {
    const file = join(root, 'derivation.nix');
    writeText(file, printExpression(plan, ({ name }) => headers.get(name) ?? []).text);
    const objects = new Set<string>(plan.compiles.map(({ name }) => name));
    const holder = nixString(plan.products[0]?.name ?? '');
    const pairs = [...steps].map((step) => {
      const attribute = `targets.${objects.has(step) ? `${holder}.objects.` : ''}${nixString(step)}`;
      return `[ ${nixString(step)} (builtins.unsafeDiscardStringContext ${attribute}.drvPath) ]`;
    });
    const byContent = String(settings.addressing === 'content');
    const targets = `import ${nixPath(file)} { pkgs = ${pkgs}; contentAddressed = ${byContent}; }`;
    return `(let targets = ${targets}; in [ ${pairs.join(' ')} ])`;
  });
  const all = join(first.root, '../all.nix');
  writeText(all, `[ ${sets.join('\n')} ]`);
  const args = ['eval', ...commonArguments(settings), '--json', '--file', all];
  const { exitCode, stdout, stderr } = await execute(settings.program, args, first.root);
  if (exitCode !== 0) throw new Error(stderr);
  const evaluated = JSON.parse(stdout) as readonly (readonly (readonly [StepName, DrvPath])[])[];
  return evaluated.map((pairs) => new Map(pairs));
}
