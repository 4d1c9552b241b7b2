import { createHash } from 'node:crypto';
import type { CommandRunner } from '../host/ports.ts';
import type { Failure } from '../model/failure.ts';
import type { ContentHash, DrvPath } from '../model/ids.ts';
import { sortedUnique } from '../model/order.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { parseDerivation } from './aterm.ts';
import { moduloHash, type ModuloHash } from './derivation-modulo.ts';
import { toolchainOf, type DescribedToolchain } from './described-toolchain.ts';
import { runNix, type NixSettings } from './nix-command.ts';
import { nixSelection, nixString } from './nix-text.ts';
import { describePrelude, packagePrelude, stepPrelude } from './shared-prelude.ts';
import type { StepToolchain } from './step-derivation.ts';

export interface ToolchainRequest {
  /**
   * The `pkgs` of the generated expression. `text`: of an expression of ours (`printHostExpression`, for which it does not
   * matter how single objects are fingerprinted). `searchPath`: `<nixpkgs>`, and `identity` what tells one from another.
   */
  readonly packages: { readonly text: string } | { readonly searchPath: string; readonly identity: string };
  /** Attribute paths of the packages whose arguments are wanted: `packagesOf`. */
  readonly attributes: readonly string[];
  /** Of the Nix that evaluates. */
  readonly nixVersion: string;
  /** The text of a `.drv` file of the store. Asked for where outputs are input-addressed only. */
  readonly readDerivation: (drv: DrvPath) => string | undefined;
}

/** What evaluation has made of a `pkgs` set. Can be written as JSON, and read back in another run. */
export interface EvaluatedToolchain {
  /** What it depends on: the same key, the same value. */
  readonly key: string;
  readonly addressing: NixSettings['addressing'];
  readonly described: DescribedToolchain;
  /** Of the derivations that it refers to, by path; none where outputs are content-addressed. */
  readonly modulos: readonly (readonly [DrvPath, EncodedModulo])[];
}

interface EncodedModulo {
  readonly outputs: readonly (readonly [string, ContentHash])[];
  readonly isDeferred: boolean;
}

/** What derivations of steps are made with. */
export interface EvaluatedTexts {
  readonly toolchain: StepToolchain;
  readonly modulos: ReadonlyMap<DrvPath, ModuloHash>;
}

export const textsOfToolchain = ({ addressing, described, modulos }: EvaluatedToolchain): EvaluatedTexts => ({
  toolchain: toolchainOf(described, addressing),
  modulos: new Map(
    modulos.map(([drv, { outputs, isDeferred }]) => [drv, { outputs: new Map(outputs), isDeferred }] as const),
  ),
});

/** Every package that a step of the plan needs, by attribute path. */
export const packagesOf = (plan: BuildPlan): readonly string[] =>
  sortedUnique(
    [...plan.compiles, ...plan.products].flatMap((step) =>
      step.kind === 'archive' ? [] : step.packages.map(({ attribute }) => attribute),
    ),
  );

/**
 * Has Nix evaluate a `pkgs` set once, for all steps; it puts the derivations of the staging program and of what that needs
 * into the store. `known` is an evaluation from before, which stands if nothing that it depends on has changed.
 */
export async function evaluateToolchain(
  commands: CommandRunner,
  settings: NixSettings,
  request: ToolchainRequest,
  known?: EvaluatedToolchain,
): Promise<Result<EvaluatedToolchain, Failure>> {
  const { packages, readDerivation } = request;
  const { addressing } = settings;
  const expression = toolchainExpression(request, addressing);
  const identity = 'identity' in packages ? packages.identity : '';
  const key = createHash('sha256')
    .update(JSON.stringify([request.nixVersion, expression, identity]))
    .digest('hex');
  if (known?.key === key) return ok(known);
  const { exitCode, stdout, stderr } = await runNix(commands, settings, ['eval', '--json', '--file', '-'], {
    input: expression,
  });
  if (exitCode !== 0) {
    return fail({ kind: 'nix-failed', command: 'nix eval', exitCode, messages: stderr.trim().split('\n') });
  }
  const described = JSON.parse(stdout) as DescribedToolchain;
  if (addressing === 'content') return ok({ key, addressing, described, modulos: [] });
  const modulos = modulosOf(derivationsOf({ described }), readDerivation);
  return modulos.ok ? ok({ key, addressing, described, modulos: modulos.value }) : modulos;
}

/** Those that it refers to, which evaluating put into the store. */
export function derivationsOf({ described }: Pick<EvaluatedToolchain, 'described'>): readonly DrvPath[] {
  const { base, packages } = described;
  const texts = [base, ...Object.values(packages).flatMap(({ compiling, linking }) => [compiling, linking])];
  return sortedUnique(texts.flatMap(({ drvs }) => Object.keys(drvs) as DrvPath[]));
}

function toolchainExpression(
  { packages, attributes }: ToolchainRequest,
  addressing: NixSettings['addressing'],
): string {
  const pkgs = 'text' in packages ? `(\n${packages.text})` : `(import ${packages.searchPath})`;
  const wanted = attributes.map((attribute) => `    ${nixString(attribute)} = pkgs.${nixSelection(attribute)};\n`);
  return `let
  pkgs = ${pkgs} { };
  contentAddressed = ${String(addressing === 'content')};
${stepPrelude}
${packagePrelude}
${describePrelude}
in
describeToolchain {
${wanted.join('')}}
`;
}

/** What stands for each in the hashes of what is above it: made from all that is below, in the store as files. */
function modulosOf(
  drvs: readonly DrvPath[],
  readDerivation: (drv: DrvPath) => string | undefined,
): Result<EvaluatedToolchain['modulos'], Failure> {
  const known = new Map<DrvPath, ModuloHash>();
  const moduloOf = (drv: DrvPath): ModuloHash => {
    const before = known.get(drv);
    if (before !== undefined) return before;
    const parsed = parseDerivation(readDerivation(drv) ?? '');
    if (!parsed.ok) throw new UnreadableDerivation(`${drv}: ${parsed.failure.problem}`);
    const hash = moduloHash(parsed.value, moduloOf);
    known.set(drv, hash);
    return hash;
  };
  try {
    return ok(
      drvs.map((drv) => {
        const { outputs, isDeferred } = moduloOf(drv);
        return [drv, { outputs: [...outputs], isDeferred }];
      }),
    );
  } catch (error) {
    if (!(error instanceof UnreadableDerivation)) throw error;
    return fail({ kind: 'nix-failed', command: 'nix eval', exitCode: 0, messages: [error.message] });
  }
}

class UnreadableDerivation extends Error {}
