/**
 * What a build did, as it was recorded: programs that ran, and what they did to files of the project. In the order of
 * time, so that a program comes before what it does, and what makes a file before what reads it.
 */
export type TraceEvent =
  | ProgramStarted
  /** Opened for reading only, and was there. Once for each file and program. */
  | { readonly kind: 'read'; readonly program: ProgramId; readonly path: string }
  /** Opened for writing, made or truncated. Once for each file and program, unless something else happened to it since. */
  | { readonly kind: 'write'; readonly program: ProgramId; readonly path: string }
  | { readonly kind: 'rename'; readonly program: ProgramId; readonly from: string; readonly to: string }
  /** A symbolic link; `target` is as it stands in it. */
  | { readonly kind: 'symlink'; readonly program: ProgramId; readonly target: string; readonly path: string }
  | { readonly kind: 'hardlink'; readonly program: ProgramId; readonly from: string; readonly path: string };

/** One program image. A process that becomes another program (`exec`) is a new one, whose parent is what it was before. */
export type ProgramId = number;

export interface ProgramStarted {
  readonly kind: 'started';
  readonly program: ProgramId;
  /** What started it; undefined for the recorded command itself, and where nobody saw. */
  readonly parent: ProgramId | undefined;
  /** The executable's real, absolute path: `/usr/bin/x86_64-linux-gnu-gcc-12`. */
  readonly executable: string;
  /** Absolute. */
  readonly directory: string;
  readonly argv: readonly string[];
  /** Of the variables that compilers read (`recordedVariables`), those that were set. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * What files named by `@file` arguments held when it started, by the argument without its `@`; and those that such files
   * name, by the names they have there, where these are not quoted.
   */
  readonly responseFiles: ReadonlyMap<string, string>;
}
