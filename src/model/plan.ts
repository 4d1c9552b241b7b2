import type { ProjectPath, StepName } from './ids.ts';

/**
 * What is to be built, without saying what each object reads: that is dynamic, and the scanner's to find out.
 * A pure function of the configuration and the set of files in the tree.
 */
export interface BuildPlan {
  /** Names the project; the default target's name where no configuration gives one. */
  readonly project: string;
  /** In configuration order; the first is what `result` links to. */
  readonly targets: readonly Target[];
  /** Every compile step of every target, each once, sorted by name. */
  readonly compiles: readonly CompileStep[];
  /** Every archive and link step, in an order in which libraries come before what uses them. */
  readonly products: readonly ProductStep[];
}

export interface Target {
  readonly name: string;
  readonly kind: TargetKind;
  /** The step that makes it. */
  readonly step: StepName;
}

export type TargetKind = 'executable' | 'static-library' | 'shared-library';

export type Language = 'c' | 'c++';

export type Step = CompileStep | ProductStep;
export type ProductStep = ArchiveStep | LinkStep;

/** One translation unit. Its dynamic dependencies (headers) are in the include graph. */
export interface CompileStep {
  readonly kind: 'compile';
  /** `src/hello.o`; the object's project path as makenix shows it. */
  readonly name: StepName;
  readonly source: ProjectPath;
  readonly language: Language;
  /** Compiler arguments in order, without driver, `-c`, `-o` and source; paths relative to the project root. */
  readonly flags: readonly string[];
  readonly packages: readonly Package[];
  /** The first target, in configuration order, that uses this object. */
  readonly target: string;
}

/** A static library. */
export interface ArchiveStep {
  readonly kind: 'archive';
  readonly name: StepName;
  /** `liblua.a` */
  readonly file: string;
  /** In archive order. */
  readonly objects: readonly StepName[];
}

/** An executable or a shared library. */
export interface LinkStep {
  readonly kind: 'link';
  readonly name: StepName;
  readonly form: 'executable' | 'shared-library';
  /** `lua`, `libfoo.so` */
  readonly file: string;
  /** C++ as soon as one object, of its own or of a library it links, is. */
  readonly language: Language;
  /** In link order. */
  readonly objects: readonly StepName[];
  /** Steps of the libraries of this plan, in link order, after the objects. */
  readonly libraries: readonly StepName[];
  /** `ldflags`: before the objects. */
  readonly flags: readonly string[];
  /** `-l…`, in link order, after the libraries. */
  readonly systemLibraries: readonly string[];
  readonly packages: readonly Package[];
}

/** A library from outside the project. */
export interface Package {
  /** Attribute path in nixpkgs: `zlib`, `xorg.libX11`. */
  readonly attribute: string;
  /** Its name for pkg-config, with the host toolchain. */
  readonly pkgConfig: string;
}
