import type { Diagnostic } from './diagnostic.ts';
import type { Failure, StateFailure } from './failure.ts';

/**
 * The event stream: the one account of what makenix does. Every renderer (terminal, plain, JSON lines) reads this and
 * nothing else, and none changes it. `--json` prints one envelope a line; the format is a stable interface, described
 * by schema/events.schema.json.
 *
 * Laws: `seq` counts from 1 without gaps; every `daemon-started`, `cycle-started`, `generator-started`,
 * `derivation-started`, `import-started` and `verification-started` has exactly one matching end, whatever happens in
 * between.
 */
export type Envelope = {
  readonly v: 1;
  readonly seq: number;
  readonly cycle: number;
  readonly at: number;
} & MakenixEvent;

export type MakenixEvent =
  | DaemonStarted
  | { readonly kind: 'daemon-ready' }
  | { readonly kind: 'daemon-stopped'; readonly reason: 'signal' | 'finished' | 'failed' }
  | { readonly kind: 'change-observed'; readonly paths: readonly string[] }
  | { readonly kind: 'cycle-started'; readonly trigger: CycleTrigger }
  | { readonly kind: 'unit-scanned'; readonly source: string; readonly ms: number; readonly because: readonly Reason[] }
  | { readonly kind: 'unit-failed'; readonly source: string; readonly ms: number; readonly because: readonly Reason[] }
  | GraphChanged
  | GeneratorStarted
  | GeneratorFinished
  | { readonly kind: 'stanzas-written'; readonly changed: readonly string[]; readonly unchanged: number }
  | { readonly kind: 'derivation-started'; readonly name: string; readonly because: readonly Reason[] }
  | DerivationFinished
  | { readonly kind: 'log-line'; readonly name: string; readonly text: string }
  | ({ readonly kind: 'diagnostic'; readonly name: string; readonly replayed: boolean } & Diagnostic)
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'command-started'; readonly argv: readonly string[] }
  | { readonly kind: 'command-finished'; readonly exitCode: number | null; readonly ms: number }
  | ImportStarted
  | ImportFinished
  | PlanStale
  | { readonly kind: 'engine-fallback'; readonly because: string }
  | { readonly kind: 'engine-resumed'; readonly because: string }
  | DerivationsChecked
  | WriteFailed
  | { readonly kind: 'verification-started'; readonly objects: number }
  | ({ readonly kind: 'object-verified'; readonly name: string; readonly ms: number } & Verdict)
  | VerificationFinished
  | CycleFinished
  | WatchDegraded;

export interface DaemonStarted {
  readonly kind: 'daemon-started';
  readonly versions: { readonly makenix: string; readonly nix: string; readonly compiler: string };
  /** A store URI as Nix takes it; `auto` is the system's. */
  readonly store: string;
  readonly toolchain: Toolchain;
  /** Whether derivations are content-addressed, which is what lets a step be cut off early. */
  readonly addressing: Addressing;
}

/** What has Nix build: a daemon that is given one derivation after another, or `nix build`. */
export type Engine = 'daemon' | 'cli';

/** With `--paranoid`: Nix was asked for the derivations that are made without it. */
export interface DerivationsChecked {
  readonly kind: 'derivations-checked';
  /** How many were compared. */
  readonly compared: number;
  /** Those that Nix has otherwise, each after what it is made from. */
  readonly differing: readonly DifferingDerivation[];
  readonly ms: number;
}

/** Of one step, two derivations where there should be one. */
export interface DifferingDerivation {
  readonly name: string;
  /** The path of the derivation that makenix makes. */
  readonly ours: string;
  /** The path of that which Nix evaluates the generated expression to. */
  readonly theirs: string;
}

/** What comes of comparing the object that Nix has built with one that the same compiler makes in the tree. */
export type Verdict =
  | { readonly outcome: 'same' }
  | {
      /** The same once the compile in the tree was told what a sandbox has otherwise. */
      readonly outcome: 'mapped';
      readonly mapped: readonly Mapped[];
      /** Of the object file, those that differ without. */
      readonly sections: readonly string[];
    }
  | {
      readonly outcome: 'differs';
      /** Of the object file, those that differ; none where it has no sections, or only their arrangement differs. */
      readonly sections: readonly string[];
      /** What the compile in the tree reads and the one in the sandbox does not have. Absolute, or of the project. */
      readonly files: readonly string[];
      /** Where the unit asks for what no list of included files has. */
      readonly places: readonly AskingPlace[];
      /** Whether the compiler makes the same object when it is run again. */
      readonly isRepeatable: boolean;
    }
  /** A file of the unit is not what it was when the object was built: there is nothing to be said. */
  | { readonly outcome: 'changed'; readonly path: string }
  /** It could not be compiled in the tree, for these reasons of the compiler's. */
  | { readonly outcome: 'failed'; readonly messages: readonly string[] };

/** What a sandbox has otherwise than the tree, by design. */
export type Mapped =
  /** In the tree, debug information has paths of this machine. */
  | 'debug-information'
  /** In the tree, strings of the program have them: `__FILE__`. */
  | 'file-macros'
  /** `__TIMESTAMP__` is the time of a file. */
  | 'file-times'
  /** What is kept for it has random names and, packed, paths of this machine. The code that is made of it is the same. */
  | 'link-time-optimization';

/** `#if __has_include`, `.incbin` and their like. */
export interface AskingPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly what: string;
}

export interface VerificationFinished {
  readonly kind: 'verification-finished';
  readonly outcome: 'verified' | 'differs' | 'cancelled';
  /** How many objects are the same. */
  readonly same: number;
  /** How many are the same but for what a sandbox has otherwise. */
  readonly mapped: number;
  /** Those that differ. */
  readonly differing: readonly string[];
  /** Those that could not be compared. */
  readonly failed: readonly string[];
  readonly ms: number;
}

export type Toolchain = 'nixpkgs' | 'host';
export type Addressing = 'content' | 'input';

/**
 * Dynamic mode: a derivation that makes derivations has to be built anew. What comes of it may be the same as before,
 * and then nothing follows. `drvPath` tells those of one stage apart.
 */
export interface GeneratorStarted {
  readonly kind: 'generator-started';
  readonly stage: GeneratorStage;
  readonly drvPath: string;
}

export interface GeneratorFinished {
  readonly kind: 'generator-finished';
  readonly stage: GeneratorStage;
  readonly drvPath: string;
  readonly outcome: 'rebuilt' | 'failed' | 'cancelled';
  readonly ms: number;
}

/** What the stages do stands in dynamic/nix/default.nix; `scan` is the one in which the compiler is asked. */
export type GeneratorStage = 'projection' | 'plan' | 'scan' | 'object' | 'link';

/** Why a cycle ran. `request` is the first one, or `makenix build`. */
export type CycleTrigger = 'request' | 'change' | 'reconcile';

export interface GraphChanged {
  readonly kind: 'graph-changed';
  readonly added: readonly Edge[];
  readonly removed: readonly Edge[];
  /** Files whose contents changed while their edges stayed. */
  readonly changed: readonly string[];
}

/** `object` reads `file`. */
export interface Edge {
  readonly object: string;
  readonly file: string;
}

/** One reason a step is out of date. */
export interface Reason {
  /** The file, step or setting that changed: `src/hello.c`, `src/hello.o`, `makenix.json`. */
  readonly path: string;
  readonly change: ReasonChange;
}

export type ReasonChange =
  /** Its contents differ. */
  | 'modified'
  /** It is new to this step. */
  | 'added'
  /** The step no longer has it. */
  | 'removed'
  /** It was built anew and came out different. */
  | 'rebuilt'
  /** The step's own flags or inputs list differ. */
  | 'flags'
  /** The compiler or a system header differs. */
  | 'toolchain'
  /** Nothing is remembered of it. */
  | 'first-seen'
  /** The store no longer has its output. */
  | 'missing-output';

export interface DerivationFinished {
  readonly kind: 'derivation-finished';
  readonly name: string;
  /** `cut-off`: an input was rebuilt, came out the same, and so this step did not run (it has no `derivation-started`). */
  readonly outcome: 'rebuilt' | 'cut-off' | 'failed' | 'cancelled';
  readonly because: readonly Reason[];
  readonly ms: number;
}

export interface CycleFinished {
  readonly kind: 'cycle-finished';
  readonly outcome: 'built' | 'up-to-date' | 'failed' | 'cancelled';
  readonly rebuilt: readonly string[];
  readonly cutOff: readonly string[];
  readonly failed: readonly string[];
  /** How many steps of the plan needed nothing. */
  readonly reused: number;
  readonly ms: number;
  /** Of `ms`, what makenix itself used: everything but waiting for the compiler, Nix and the quiet window. */
  readonly ownMs: number;
  readonly outputs: readonly Output[];
}

export interface Output {
  readonly target: string;
  readonly drvPath: string;
  readonly outPath: string;
  /** The product, relative to `outPath`: `bin/lua`, `lib/liblua.a`. */
  readonly file: string;
  /** The link in the project that leads to `outPath`: `result`. Null where something else has that name. */
  readonly link: string | null;
}

/** The project's own build is run, or what is known of it is read. */
export interface ImportStarted {
  readonly kind: 'import-started';
  /** The build command; where a compilation database is read, its file alone. */
  readonly command: readonly string[];
  /** To record it, to read a database in place of that, or only to have the build make files anew that it generates. */
  readonly purpose: 'record' | 'read' | 'refresh';
  /** The files that have changed since it was recorded; none where it was asked for. */
  readonly because: readonly string[];
}

export interface ImportFinished {
  readonly kind: 'import-finished';
  readonly purpose: ImportStarted['purpose'];
  readonly outcome: 'imported' | 'failed' | 'cancelled';
  /** Compile steps of the plan. */
  readonly units: number;
  /** Archives and links of the plan. */
  readonly products: number;
  readonly targets: readonly string[];
  readonly notUnderstood: readonly NotUnderstood[];
  readonly ms: number;
}

/** Something of a build that the plan does not have, and the products it is a part of. */
export interface NotUnderstood {
  readonly problem: string;
  readonly targets: readonly string[];
}

/** Files have changed since the build was recorded that may make another build of it. */
export interface PlanStale {
  readonly kind: 'plan-stale';
  readonly paths: readonly string[];
}

/** A file could not be written that a run can do without. Said once, until it can be. */
export interface WriteFailed {
  readonly kind: 'write-failed';
  readonly failure: StateFailure;
  /** `memory`: the next run has to find out anew what this one knows. `link`: it leads to what was built before. */
  readonly cost: 'memory' | 'link';
}

/** Changes are not, or were not, noticed by events of the file system alone. */
export interface WatchDegraded {
  readonly kind: 'watch-degraded';
  readonly reason: DegradedReason;
  /**
   * What was done about it. `polls`: files are polled, instead of events. `checks-often`: every file is looked at every
   * second, or less often where that takes long. `watches-anew`: every file was looked at, and all are watched anew.
   */
  readonly action: 'polls' | 'checks-often' | 'watches-anew';
  /** Files of which nothing was heard; directories, of which the project's own is the empty one. */
  readonly paths: readonly string[];
  /** What the system said, or what its file system is. */
  readonly detail: string;
}

/**
 * `polling`: asked for by the environment. `no-events`: the file system has none, or none that come through.
 * `lost-events`: files differ of which nothing was heard. `unwatched-directories`: some were replaced, or are on another
 * file system now, and what watches still watches the old ones.
 */
export type DegradedReason =
  'polling' | 'no-events' | 'lost-events' | 'unwatched-directories' | 'too-many-watches' | 'watch-error';
