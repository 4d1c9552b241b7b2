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
  /** Compiler arguments in order, without driver, `-c`, `-o` and source; paths relative to `directory`. */
  readonly flags: readonly string[];
  /** The directory of the project that the compiler runs in; the project itself where there is none. */
  readonly directory?: ProjectPath;
  readonly packages: readonly Package[];
  /** What it reads of the project besides what the compiler tells of: what `.incbin` names. Bytewise. */
  readonly files?: readonly ProjectPath[];
  /** Names what the step has in common with others: language, flags, directory and packages. */
  readonly options: string;
  /** The first target, in configuration order, that uses this object. */
  readonly target: string;
}

interface Product {
  readonly name: StepName;
  /** Where it lies among the files of what is made from it: `liblua.a`, `src/redis-server`. */
  readonly path: string;
  /** The steps it is made from, in link or archive order. */
  readonly inputs: readonly StepName[];
}

/** A static library. */
export interface ArchiveStep extends Product {
  readonly kind: 'archive';
  /** Members that no step makes, after those that one does: a recorded build may have objects from elsewhere. */
  readonly files?: readonly ProjectPath[];
}

/** What the linker makes, or another of the binutils from what it has made. */
export interface LinkStep extends Product {
  readonly kind: 'link';
  /** An object is one file that goes into other products (`ld -r`). */
  readonly form: 'executable' | 'shared-library' | 'object';
  readonly tool: LinkTool;
  /** Before the inputs. */
  readonly flags: readonly string[];
  /** `-l…`, in link order, after the inputs. */
  readonly systemLibraries: readonly string[];
  readonly packages: readonly Package[];
  readonly recorded?: RecordedLink;
}

/** `cc` and `c++` are the compiler's drivers, which call the linker with what belongs to the language. */
export type LinkTool = 'cc' | 'c++' | 'ld' | 'objcopy' | 'strip';

/** Of a link that was recorded from a build, whose `flags` are its whole command line, inputs at their places. */
export interface RecordedLink {
  /** The directory of the project that it runs in; the project itself where there is none. */
  readonly directory?: ProjectPath;
  /** What it reads of the project itself: linker scripts, version scripts. Bytewise. */
  readonly files: readonly ProjectPath[];
  /** Further paths at which it finds inputs: `libz.so` for what `libz.so.1.3` is the path of. By path, bytewise. */
  readonly aliases: readonly { readonly path: ProjectPath; readonly step: StepName }[];
  /** Further names that the product is to be found by, beside it: its soname. Bytewise. */
  readonly names: readonly string[];
}

/** A library from outside the project. */
export interface Package {
  /** Attribute path in nixpkgs: `zlib`, `xorg.libX11`. */
  readonly attribute: string;
  /** Its name for pkg-config, with the host toolchain. */
  readonly pkgConfig: string;
}
