import type { DrvPath, ProjectPath, StorePath } from '../model/ids.ts';
import type { DescribedToolchain } from '../nix/described-toolchain.ts';

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
