import type { Failure } from '../model/failure.ts';
import type { BuildPlan } from '../model/plan.ts';
import { sortedUnique } from '../model/order.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { CommandRunner } from '../host/ports.ts';
import { nixSelection } from './nix-text.ts';

export interface FoundNixpkgs {
  /** A store path with `bin/cc` and `bin/c++`. */
  readonly prefix: string;
  readonly version: string;
  /** The headers of each package the plan names, by attribute path. */
  readonly includes: ReadonlyMap<string, string>;
}

const features = ['--extra-experimental-features', 'nix-command'];

/** Whether `<nixpkgs>` leads anywhere on this machine. Never goes to a network: a flake registry entry does not count. */
export async function hasNixpkgs(commands: CommandRunner, program: string): Promise<boolean> {
  const args = ['eval', ...features, '--impure', '--json', '--expr', '(builtins.tryEval (toString <nixpkgs>)).success'];
  const env = {
    ...commands.environment(),
    NIX_CONFIG: `${commands.environment()['NIX_CONFIG'] ?? ''}\nflake-registry =`,
  };
  return (await commands.run({ file: program, args, env })).stdout.trim() === 'true';
}

/** Realises nixpkgs' compiler, and the headers of the plan's packages, so that scans ask the compiler that will build. */
export async function findNixpkgsToolchain(
  commands: CommandRunner,
  plan: BuildPlan,
): Promise<Result<FoundNixpkgs, Failure>> {
  const [program] = commands.which('nix');
  if (program === undefined) return fail({ kind: 'tool-missing', tool: 'nix', neededBy: 'the nixpkgs toolchain' });
  if (!(await hasNixpkgs(commands, program))) return fail({ kind: 'nixpkgs-missing' });
  const attributes = sortedUnique(plan.compiles.flatMap((step) => step.packages.map((used) => used.attribute)));
  const wanted = ['pkgs.stdenv.cc', ...attributes.map((a) => `(let p = pkgs.${nixSelection(a)}; in p.dev or p)`)];
  const expression = `let pkgs = import <nixpkgs> { }; in [ ${wanted.join(' ')} ]`;
  const built = await commands.run({
    file: program,
    args: ['build', ...features, '--no-link', '--print-out-paths', '--file', '-'],
    input: expression,
  });
  const [prefix, ...includes] = built.stdout.trim().split('\n');
  if (built.exitCode !== 0 || prefix === undefined || prefix === '') {
    return fail({
      kind: 'nix-failed',
      command: 'nix build',
      exitCode: built.exitCode,
      messages: built.stderr.trim().split('\n'),
    });
  }
  const version = await commands.run({ file: `${prefix}/bin/cc`, args: ['--version'] });
  return ok({
    prefix,
    version: version.stdout.split('\n')[0] ?? '',
    includes: new Map(attributes.map((attribute, i) => [attribute, `${includes[i] ?? ''}/include`])),
  });
}
