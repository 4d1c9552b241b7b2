import type { CompileStep } from '../model/plan.ts';
import { fromDirectory } from '../plan/from-directory.ts';

/** A sandbox has the project in a directory of its own, which no object is to name. */
export const sandboxMap = '-ffile-prefix-map=/build=.';

/** What a step does not say of its compile. */
export interface CompileWords {
  readonly packageFlags: readonly string[];
  /** After all flags: maps of paths. */
  readonly added: readonly string[];
  readonly output: string;
}

/** The arguments of the compiler, in the sandbox and wherever a unit is compiled to be compared with that. */
export const compileArguments = (
  { flags, source, directory }: CompileStep,
  { packageFlags, added, output }: CompileWords,
): readonly string[] => [
  ...flags,
  ...packageFlags,
  ...added,
  ...['-c', '-o', output],
  argument(fromDirectory(directory, source)),
];

/** A name that starts with a dash is no option, with an at sign no list of arguments, and with `=` in no sysroot. */
export const argument = (path: string): string => (/^[-@=]/.test(path) ? `./${path}` : path);
