import type { Diagnostic } from './diagnostic.ts';
import type { ProjectPath, StepName } from './ids.ts';

/**
 * Everything that can go wrong without a bug in makenix: typed facts, no sentences. `report/describe.ts` turns them
 * into words; `exitCode` there into a number.
 */
export type Failure =
  | ConfigFailure
  | PlanFailure
  | ScanFailure
  | ToolFailure
  | NixFailure
  | DynamicFailure
  | GitFailure
  | RecordFailure
  | VerifyFailure
  | ImportFailure
  | BuildFailure
  | StateFailure
  | WatchFailure
  | PlaceFailure
  | InternalFailure;

/** The configuration file cannot be used. Position is where the trouble is, both from 1. */
export interface ConfigFailure {
  readonly kind: 'config-invalid';
  /** As shown to the user, relative to the project root. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The place in the document: `targets.lua.kind`; empty for the document itself. */
  readonly at: string;
  /** What is wrong: `unknown key "cflag"`, `expected an array of strings, found a number`. */
  readonly problem: string;
  /** The nearest valid key or value, where one is near. */
  readonly suggestion?: string;
}

/** The configuration reads well but names something that cannot be built. */
export type PlanFailure =
  | { readonly kind: 'no-sources'; readonly root: string }
  | { readonly kind: 'target-without-sources'; readonly target: string; readonly patterns: readonly string[] }
  | { readonly kind: 'unknown-target'; readonly target: string; readonly known: readonly string[] }
  | { readonly kind: 'library-cycle'; readonly targets: readonly string[] }
  | { readonly kind: 'not-a-library'; readonly target: string; readonly library: string }
  /** Both makenix.json and an imported plan say what is to be built. */
  | { readonly kind: 'two-plans'; readonly files: readonly [string, string] }
  /** A compilation database from which nothing can be built: not there, without compiles, or nothing says what to link. */
  | { readonly kind: 'database-unusable'; readonly file: string; readonly problem: 'missing' | 'empty' | 'no-links' }
  /** It is to be written by makenix, and is what the plan was made from. */
  | { readonly kind: 'database-overwritten'; readonly file: string }
  /** The compilation database compiles a source of a target in several ways. */
  | {
      readonly kind: 'ambiguous-source';
      readonly target: string;
      readonly source: ProjectPath;
      readonly objects: readonly StepName[];
    }
  | { readonly kind: 'duplicate-name'; readonly name: string; readonly owners: readonly string[] };

/** A build was run to be recorded, and there is no plan. */
export type ImportFailure =
  | { readonly kind: 'command-missing'; readonly command: string }
  | {
      /** The project's own build, run while nobody watched it. */
      readonly kind: 'own-build-failed';
      readonly command: string;
      readonly exitCode: number | undefined;
      readonly output: string;
    }
  | {
      readonly kind: 'nothing-recorded';
      readonly command: string;
      /** Whether it compiled at all. */
      readonly objects: number;
    };

/** One unit could not be scanned; the others go on. */
export type ScanFailure =
  | {
      /** gcc says so: a header that is not there, a bad directive. `diagnostics` are its words, placed. */
      readonly kind: 'scan-failed';
      readonly step: StepName;
      readonly source: ProjectPath;
      readonly target: string;
      readonly diagnostics: readonly Diagnostic[];
      /** The compiler's text as it was. */
      readonly output: string;
    }
  | {
      /** The unit reads a file inside no project root and no system directory, which no sandbox would have. */
      readonly kind: 'outside-project';
      readonly step: StepName;
      readonly source: ProjectPath;
      readonly path: string;
      /** The link in the project that leads there. */
      readonly through?: ProjectPath;
    }
  | {
      /**
       * What the compiler lists cannot be found: its name has a line break, which a list of make rules cannot say, or is no UTF-8;
       * or it is gone.
       */
      readonly kind: 'name-unusable';
      readonly step: StepName;
      readonly source: ProjectPath;
      /** As far as it is known: bytes that are no UTF-8 are U+FFFD. */
      readonly path: ProjectPath;
    }
  | {
      /** Found by an absolute path in some file: in a sandbox, the project lies elsewhere. */
      readonly kind: 'absolute-include';
      readonly step: StepName;
      readonly source: ProjectPath;
      readonly path: ProjectPath;
    }
  | {
      /** Some file asks (`__has_include`) for one that is there, and that no sandbox would have. */
      readonly kind: 'strange-query';
      readonly step: StepName;
      readonly source: ProjectPath;
      /** Where it asks; the line from 1. */
      readonly file: ProjectPath;
      readonly line: number;
      /** As it says. */
      readonly path: string;
    }
  | {
      /** C++20 modules. */
      readonly kind: 'modules-unsupported';
      readonly step: StepName;
      readonly source: ProjectPath;
      /** From 1. */
      readonly line: number;
      /** `export module a;` */
      readonly declaration: string;
    }
  | {
      /** A file that the plan says a link reads. */
      readonly kind: 'input-missing';
      readonly step: StepName;
      readonly path: ProjectPath;
    }
  | {
      /** The compiler is to run in a directory that is not there, which the project's own build would have made. */
      readonly kind: 'directory-missing';
      readonly step: StepName;
      readonly source: ProjectPath;
      readonly directory: ProjectPath;
    }
  | {
      /** The compiler waited for what did not come, or took more and more memory, and was ended. */
      readonly kind: 'scan-stuck';
      readonly step: StepName;
      readonly source: ProjectPath;
      /** What is included and is no file, where that can be told. */
      readonly path?: string;
    }
  | {
      readonly kind: 'depfile-malformed';
      readonly step: StepName;
      readonly source: ProjectPath;
      readonly problem: string;
    };

/** A program that makenix needs is missing or unusable. */
export type ToolFailure =
  | {
      readonly kind: 'tool-missing';
      readonly tool: 'nix' | 'cc' | 'c++' | 'ar' | 'pkg-config' | 'git' | 'ninja';
      readonly neededBy: string;
    }
  | { readonly kind: 'tool-failed'; readonly tool: string; readonly command: string; readonly output: string }
  | { readonly kind: 'nix-too-old'; readonly found: string; readonly needed: string }
  | { readonly kind: 'package-missing'; readonly name: string; readonly neededBy: string; readonly output: string }
  | { readonly kind: 'nixpkgs-missing' };

/** Nix itself refused or broke: an evaluation error, an unreachable store. */
export interface NixFailure {
  readonly kind: 'nix-failed';
  readonly command: string;
  readonly exitCode: number | undefined;
  /** Nix's own messages, without colour. */
  readonly messages: readonly string[];
}

/** Dynamic mode cannot do it, and the generated expression can. */
export type DynamicFailure =
  /** This Nix does not build dynamic derivations; the next: it may not. */
  | { readonly kind: 'dynamic-unsupported'; readonly found: string; readonly needed: string }
  | { readonly kind: 'dynamic-disabled'; readonly features: readonly string[] }
  | { readonly kind: 'dynamic-store'; readonly store: string }
  /** A plan that was imported has no place in it yet. */
  | { readonly kind: 'dynamic-recorded'; readonly file: string }
  /** A source of one object is included by another, and evaluation was not told so. */
  | { readonly kind: 'source-included'; readonly source: ProjectPath; readonly included: ProjectPath }
  /** An object has a name that evaluation could not foresee: other objects have those that it could. */
  | { readonly kind: 'name-unforeseen'; readonly step: StepName; readonly source: ProjectPath };

/** What is staged cannot be told, or not be changed. */
export type GitFailure =
  | { readonly kind: 'not-a-repository'; readonly directory: string }
  | { readonly kind: 'git-failed'; readonly command: string; readonly output: string }
  /** A merge has left conflicts in the index: there is no one version to look at. */
  | { readonly kind: 'index-unmerged'; readonly paths: readonly string[] }
  /** The generated file has changes that are not staged, which staging another version would mix with. */
  | { readonly kind: 'partly-staged'; readonly path: string }
  /** `commit PATH…`: what is staged now would be in the commit and not in the index. */
  | { readonly kind: 'partial-commit'; readonly path: string }
  /** What is to be a hook of ours is something else. */
  | { readonly kind: 'hook-foreign'; readonly path: string; readonly problem: string };

/** The build ran, and nothing of it was recorded: a static program, one with rights of its own, one of another libc. */
export interface RecordFailure {
  readonly kind: 'not-recorded';
  readonly command: string;
}

/** Objects cannot be compared with what the tree gives. */
export type VerifyFailure =
  /** They are in a store whose files cannot be read here. */
  | { readonly kind: 'verify-store'; readonly store: string }
  /** The compiler is in a store that is not at /nix/store, where it does not run. */
  | { readonly kind: 'verify-compiler'; readonly compiler: string };

/** Steps failed to build. Their diagnostics and log lines have been events already. */
export interface BuildFailure {
  readonly kind: 'build-failed';
  readonly steps: readonly StepName[];
}

/** What makenix would write lies behind a link that leads out of the project. */
export interface PlaceFailure {
  readonly kind: 'leads-outside';
  readonly path: ProjectPath;
  readonly link: ProjectPath;
  /** Where it leads, absolute; as it says where that is not there. */
  readonly to: string;
}

export interface StateFailure {
  readonly kind: 'state-unwritable';
  readonly path: string;
  /** In the system's words. */
  readonly problem: string;
  /** `in-the-way`: a directory where a file should be, or a file where a directory should. */
  readonly reason: 'no-space' | 'not-writable' | 'in-the-way' | 'other';
}

/** Another `makenix watch` runs in the project. */
export interface WatchFailure {
  readonly kind: 'already-watched';
  /** Null where it has only just begun. */
  readonly pid: number | null;
  /** The machine or container whose process that is; null where it is this one. */
  readonly host: string | null;
}

/** A bug in makenix. */
export interface InternalFailure {
  readonly kind: 'internal';
  /** With the stack, for a report. */
  readonly problem: string;
}
