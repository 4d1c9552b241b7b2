import { dirname } from 'node:path';
import type { Failure } from '../model/failure.ts';
import type { BuildPlan } from '../model/plan.ts';
import { sortedUnique } from '../model/order.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { CommandRunner } from '../host/ports.ts';
import { commonArguments, runNix } from './nix-command.ts';
import { nixSelection } from './nix-text.ts';
import type { OpenedStore } from './store.ts';

export interface FoundNixpkgs {
  /** The store path of nixpkgs' compiler. */
  readonly compiler: string;
  /** Where the `bin/cc` and `bin/c++` are that scans ask. */
  readonly prefix: string;
  /** `gcc-wrapper-14.2.1` */
  readonly version: string;
  /** Where the store's files are on this machine; ends in `/`. */
  readonly storeDirectory: string;
  /** The headers of each package the plan names, by attribute path. */
  readonly includes: ReadonlyMap<string, string>;
}

/** A store that has nothing and gets nothing. */
export const noStore = 'dummy://';

/**
 * Whether `<nixpkgs>` leads anywhere on this machine. Never goes to a network: a flake registry entry does not count.
 * Without a store of the system, ask in `noStore`: in the default one, Nix would make /nix/store where it may.
 */
export const hasNixpkgs = (commands: CommandRunner, program: string, store?: string): Promise<boolean> =>
  findsNixpkgs(commands, program, [
    ...['--extra-experimental-features', 'nix-command'],
    ...(store === undefined ? [] : ['--store', store]),
  ]);

async function findsNixpkgs(commands: CommandRunner, program: string, options: readonly string[]): Promise<boolean> {
  const expression = '(builtins.tryEval (toString <nixpkgs>)).success';
  const args = ['eval', ...options, '--impure', '--json', '--expr', expression];
  const env = {
    ...commands.environment(),
    NIX_CONFIG: `${commands.environment()['NIX_CONFIG'] ?? ''}\nflake-registry =`,
  };
  return (await commands.run({ file: program, args, env })).stdout.trim() === 'true';
}

/**
 * Realises nixpkgs' compiler, and the headers of the plan's packages, so that scans ask the compiler that will build.
 * A store whose root is not `/` has its files elsewhere, where its programs do not run: the compiler of the machine
 * answers for it then, with the packages' headers.
 */
export async function findNixpkgsToolchain(
  commands: CommandRunner,
  store: OpenedStore,
  plan: BuildPlan,
): Promise<Result<FoundNixpkgs, Failure>> {
  // By itself, since it may make the store: two that do so at the same time are in each other's way.
  if (!(await findsNixpkgs(commands, store.settings.program, commonArguments(store.settings))))
    return fail({ kind: 'nixpkgs-missing' });
  const attributes = sortedUnique(plan.compiles.flatMap((step) => step.packages.map((used) => used.attribute)));
  const wanted = ['pkgs.stdenv.cc', ...attributes.map((a) => `(let p = pkgs.${nixSelection(a)}; in p.dev or p)`)];
  const list = `let pkgs = import <nixpkgs> { }; in [ ${wanted.join(' ')} ]`;
  // `nix build` prints paths in an order of its own; what is whose, only the evaluation says.
  const [built, evaluated] = await Promise.all([
    runNix(commands, store.settings, ['build', '--no-link', '--file', '-'], { input: list }),
    runNix(commands, store.settings, ['eval', '--json', '--file', '-'], { input: `map toString (${list})` }),
  ]);
  const failed = [built, evaluated].find(({ exitCode }) => exitCode !== 0);
  if (failed !== undefined) {
    const messages = failed.stderr.trim().split('\n');
    return fail({ kind: 'nix-failed', command: 'nix build', exitCode: failed.exitCode, messages });
  }
  const [compiler = '', ...includes] = JSON.parse(evaluated.stdout) as readonly string[];
  const root = (store.root ?? '/').replace(/\/$/, '');
  const [machineCompiler] = commands.which('cc');
  if (root !== '' && machineCompiler === undefined) {
    return fail({ kind: 'tool-missing', tool: 'cc', neededBy: 'scanning for a store that is not at /nix/store' });
  }
  return ok({
    compiler,
    prefix: root === '' ? compiler : dirname(dirname(machineCompiler ?? '')),
    version: compiler.slice('/nix/store/'.length + 33),
    includes: new Map(attributes.map((attribute, i) => [attribute, `${root}${includes[i] ?? ''}/include`])),
    storeDirectory: `${root}/nix/store/`,
  });
}
