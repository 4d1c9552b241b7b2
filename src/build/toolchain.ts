import type { Toolchain as ToolchainKind } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { BuildPlan, CompileStep } from '../model/plan.ts';
import { ok, type Result } from '../model/result.ts';
import type { CommandRunner, FileDigests } from '../host/ports.ts';
import { printHostExpression, type HostExpressionParts } from '../nix/host-expression.ts';
import { findHostToolchain, hostEnvironment, hostSystemDirectories, hostSystemSearch } from '../nix/host-toolchain.ts';
import { findNixpkgsToolchain } from '../nix/nixpkgs-toolchain.ts';
import type { OpenedStore } from '../nix/store.ts';
import type { ScanCompiler } from '../scan/compiler-run.ts';

/** The compiler of a run: what scans ask, and what the expression is called with. */
export interface Toolchain {
  readonly kind: ToolchainKind;
  /** As the compiler calls itself. */
  readonly version: string;
  /** Changes when the compiler does: scans made with another are worth nothing. */
  readonly identity: string;
  /** Where steps have it: `bin/cc` and `bin/c++` are below. A store path where it comes out of a store. */
  readonly compiler: string;
  readonly scan: ScanCompiler;
  /** The `pkgs`-shaped set, as a file to write for this machine; undefined where nixpkgs is itself. */
  hostExpression(parts: HostExpressionParts): string | undefined;
  /** A digest of the system headers that an object includes; undefined where Nix accounts for them. */
  headerFingerprint(headers: readonly string[]): string | undefined;
}

/** Everything about a plan that the toolchain must provide for: a plan of the same needs can keep its toolchain. */
export function toolchainNeeds(plan: BuildPlan): string {
  const packages = new Set<string>();
  let isCxx = false;
  for (const step of [...plan.compiles, ...plan.products]) {
    if (step.kind === 'archive') continue;
    isCxx ||= step.kind === 'compile' ? step.language === 'c++' : step.tool === 'c++';
    for (const { attribute, pkgConfig } of step.packages) packages.add(`${attribute} ${pkgConfig}`);
  }
  return JSON.stringify([isCxx, [...packages].sort()]);
}

/** `openStore` is called only where the compiler is in a store: with the host's, nothing here needs Nix. */
export async function openToolchain(
  kind: ToolchainKind,
  plan: BuildPlan,
  commands: CommandRunner,
  digests: FileDigests,
  options: { readonly optionalPackages: boolean },
  openStore: () => Promise<Result<OpenedStore, Failure>>,
): Promise<Result<Toolchain, Failure>> {
  return kind === 'host' ? openHost(plan, commands, digests, options) : openNixpkgs(plan, commands, await openStore());
}

async function openHost(
  plan: BuildPlan,
  commands: CommandRunner,
  digests: FileDigests,
  options: { readonly optionalPackages: boolean },
): Promise<Result<Toolchain, Failure>> {
  const found = await findHostToolchain(commands, digests, plan, options);
  if (!found.ok) return found;
  const { toolchain, version } = found.value;
  const flagsOf = (step: CompileStep): readonly string[] =>
    step.packages.flatMap(({ attribute }) => toolchain.packages.get(attribute)?.cflags ?? []);
  // Units keep their lists while these are the same, and the headers of the system are looked at once a run.
  const fingerprints = new WeakMap<readonly string[], string>();
  const fingerprint = (headers: readonly string[]): string => {
    const known = fingerprints.get(headers) ?? digests.digest([toolchain.fingerprint, ...headers]);
    fingerprints.set(headers, known);
    return known;
  };
  return ok({
    kind: 'host',
    version,
    // What is installed may shadow what a unit includes, or answer its `__has_include`.
    identity: [toolchain.compilerPrefix, toolchain.fingerprint, digests.digestNames(hostSystemSearch)].join(' '),
    compiler: toolchain.compilerPrefix,
    scan: {
      cc: `${toolchain.compilerPrefix}/bin/cc`,
      cxx: `${toolchain.compilerPrefix}/bin/c++`,
      env: hostEnvironment(toolchain),
      systemDirectories: hostSystemDirectories,
      systemSearch: hostSystemSearch,
      packageFlags: flagsOf,
    },
    hostExpression: (parts) => printHostExpression(toolchain, parts),
    headerFingerprint: fingerprint,
  });
}

async function openNixpkgs(
  plan: BuildPlan,
  commands: CommandRunner,
  store: Result<OpenedStore, Failure>,
): Promise<Result<Toolchain, Failure>> {
  if (!store.ok) return store;
  const found = await findNixpkgsToolchain(commands, store.value, plan);
  if (!found.ok) return found;
  const { compiler, prefix, version, includes, storeDirectory } = found.value;
  return ok({
    kind: 'nixpkgs',
    version,
    identity: compiler,
    compiler,
    scan: {
      cc: `${prefix}/bin/cc`,
      cxx: `${prefix}/bin/c++`,
      env: hostEnvironment({ compilerPrefix: prefix, bintoolsPrefix: prefix }),
      systemDirectories: [storeDirectory, ...hostSystemDirectories],
      systemSearch: [],
      packageFlags: (step) =>
        step.packages.flatMap(({ attribute }) => {
          const include = includes.get(attribute);
          return include === undefined ? [] : ['-isystem', include];
        }),
    },
    hostExpression: () => undefined,
    headerFingerprint: () => undefined,
  });
}
