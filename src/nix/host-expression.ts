import type { Addressing } from '../model/events.ts';
import type { StepName } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { nixAttribute, nixString, nixStrings } from './nix-text.ts';

/** The machine's own toolchain, as far as an expression must know it. */
export interface HostToolchain {
  /** `x86_64-linux` */
  readonly system: string;
  /** `bin/cc` and `bin/c++` are below it, e.g. `/usr`. */
  readonly compilerPrefix: string;
  /** `bin/ar` and `bin/ld` are below it. */
  readonly bintoolsPrefix: string;
  /** Of compiler, assembler, linker and C library: a digest of their contents. */
  readonly fingerprint: string;
  /** What pkg-config says, by nixpkgs attribute path. */
  readonly packages: ReadonlyMap<string, HostPackage>;
}

export interface HostPackage {
  readonly version: string;
  readonly cflags: readonly string[];
  readonly ldflags: readonly string[];
}

export interface HostExpressionParts {
  readonly addressing: Addressing;
  /** Of the system headers that each object includes; in dynamic mode, found out on the way. */
  readonly fingerprints: ReadonlyMap<StepName, string>;
  /** For dynamic mode. */
  readonly generator?: {
    /** `bin/node` is below it. */
    readonly nodePrefix: string;
    /** Of all headers that a scan could come upon outside the project: when it changes, scans are made anew. */
    readonly systemHeaders: string;
  };
}

/**
 * A file that evaluates to a function to a `pkgs`-shaped set: `--arg pkgs 'import ./host.nix { }'`.
 *
 * The compiler's contents are an input of every step, so that an upgrade rebuilds. Its headers are an input of the
 * objects that include them (`fingerprints`), so that a new header package rebuilds those and no others.
 */
export function printHostExpression(
  toolchain: HostToolchain,
  { addressing, fingerprints, generator }: HostExpressionParts,
): string {
  const perObject = [...fingerprints]
    .sort(([a], [b]) => bytewise(a, b))
    .map(([name, digest]) => `    ${nixString(name)} = ${nixString(digest)};\n`);
  return [
    "# This machine's own toolchain in the shape of nixpkgs. Written by makenix for this machine; not for committing.\n",
    `{ contentAddressed ? ${addressing === 'content' ? 'true' : 'false'} }:\n`,
    'let\n',
    `  fingerprint = ${nixString(toolchain.fingerprint)};\n`,
    '  fingerprints = {\n',
    ...perObject,
    '  };\n',
    'in\n{\n',
    '  stdenv = {\n',
    `    hostPlatform.system = ${nixString(toolchain.system)};\n`,
    '    cc = {\n',
    `      outPath = ${nixString(toolchain.compilerPrefix)};\n`,
    `      bintools.outPath = ${nixString(toolchain.bintoolsPrefix)};\n`,
    '      inherit fingerprint fingerprints;\n',
    ...(generator === undefined ? [] : [`      systemHeaders = ${nixString(generator.systemHeaders)};\n`]),
    '    };\n',
    '  };\n',
    ...(generator === undefined ? [] : [`  nodejs.outPath = ${nixString(generator.nodePrefix)};\n`]),
    '  config.contentAddressedByDefault = contentAddressed;\n',
    ...packageAttributes(toolchain.packages),
    '}\n',
  ].join('');
}

function packageAttributes(packages: ReadonlyMap<string, HostPackage>): readonly string[] {
  return [...packages]
    .sort(([a], [b]) => bytewise(a, b))
    .map(([attribute, { version, cflags, ldflags }]) => {
      const path = attribute.split('.').map(nixAttribute).join('.');
      return (
        `  ${path}.makenix = {\n` +
        `    version = ${nixString(version)};\n` +
        `    cflags = ${nixStrings(cflags)};\n` +
        `    ldflags = ${nixStrings(ldflags)};\n` +
        '  };\n'
      );
    });
}
