import type { DrvPath, ProjectPath, StorePath } from '../model/ids.ts';
import type { PackageTexts, References, StepToolchain } from '../nix/step-derivation.ts';

/*
 * What nix/default.nix gives each stage: the derivation's structured attributes, `.attrs.json` in the build directory (Nix
 * manual, "Advanced Attributes", `__structuredAttrs`). They are ours from both ends, so they are taken at their word.
 */

/** By output name, where each output goes. */
export interface StageAttributes {
  readonly outputs: Readonly<Record<string, string>>;
}

export interface ProjectionAttributes extends StageAttributes {
  readonly files: FilePaths;
  /** Keep whole files: flags are in use under which directives do not tell what a file includes. */
  readonly whole: boolean;
}

export interface PlanAttributes extends StageAttributes {
  readonly project: string;
  readonly configText: string;
  /** The sources of each part. */
  readonly parts: Readonly<Record<string, Readonly<Record<ProjectPath, true>>>>;
  readonly listing: readonly ProjectPath[];
  /** Outputs of projections. */
  readonly projections: readonly StorePath[];
}

export interface ScanAttributes extends StageAttributes {
  readonly unit: StorePath;
  /** Prefixes of the toolchain. */
  readonly compiler: string;
  readonly bintools: string;
  /** With a toolchain of this machine's own, whose headers Nix does not know. */
  readonly hasFingerprints: boolean;
  readonly fingerprint: string;
  /** Compiler arguments by nixpkgs attribute path of a package. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
}

export interface ObjectAttributes extends StageAttributes {
  readonly scan: StorePath;
  /** Of this part's sources. */
  readonly files: FilePaths;
  /** A file: those of headers and of sources that others include. */
  readonly sharedFiles: StorePath;
  readonly toolchain: DescribedToolchain;
}

export interface LinkAttributes extends StageAttributes {
  readonly target: string;
  readonly products: StorePath;
  readonly indexes: readonly StorePath[];
  /** Derivations of the libraries that it may need, as files, by target. */
  readonly libraries: Readonly<Record<string, DrvPath>>;
  readonly toolchain: DescribedToolchain;
}

/** Store paths by project path. */
export type FilePaths = Readonly<Record<ProjectPath, StorePath>>;

/** A value of the Nix language without its string context, and that context. */
interface Described<Value> {
  readonly value: Value;
  readonly drvs: Readonly<Record<DrvPath, readonly string[]>>;
  readonly sources: readonly StorePath[];
}

export interface DescribedToolchain {
  readonly base: Described<{
    readonly system: string;
    readonly stage: string;
    readonly compiler: string;
    readonly bintools: string;
    readonly environment: Readonly<Record<string, string>>;
  }>;
  readonly packages: Readonly<
    Record<string, { readonly compiling: Described<readonly string[]>; readonly linking: Described<readonly string[]> }>
  >;
}

export function toolchainOf({ base, packages }: DescribedToolchain): StepToolchain {
  const { system, stage, compiler, bintools, environment } = base.value;
  return {
    ...{ system, stage, compiler, bintools },
    environment: new Map(Object.entries(environment)),
    references: referencesOf(base),
    packages: new Map(
      Object.entries(packages).map(([attribute, { compiling, linking }]): [string, PackageTexts] => [
        attribute,
        {
          cflags: compiling.value,
          compiling: referencesOf(compiling),
          ldflags: linking.value,
          linking: referencesOf(linking),
        },
      ]),
    ),
  };
}

const referencesOf = ({ drvs, sources }: Described<unknown>): References => ({
  drvs: new Map(Object.entries(drvs) as [DrvPath, readonly string[]][]),
  sources,
});
