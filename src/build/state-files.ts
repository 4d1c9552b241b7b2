import type { StateFailure } from '../model/failure.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import type { Result } from '../model/result.ts';
import type { ProjectFiles } from '../host/ports.ts';
import { decodeState, type ProjectState } from './project-state.ts';
import type { TextFiles } from './text-files.ts';
import { stateDirectory } from './tree.ts';

const inState = (name: string): ProjectPath => trustedProjectPath(`${stateDirectory}/${name}`);

/** What is remembered between runs, by mode: what one mode knows is nothing to the other. */
export const stateFiles = { expression: inState('state.json'), dynamic: inState('dynamic.json') } as const;

/** What the daemon engine remembers of outputs. */
export const engineFile = inState('engine.json');

/** The host toolchain as an expression for this machine. */
export const hostExpressionFiles = { expression: inState('host.nix'), dynamic: inState('dynamic-host.nix') } as const;

/** Locked by the `makenix watch` of the project. */
export const watchLockFile = inState('watch.lock');

/** What makenix keeps in the project for itself, in a directory that version control is told to ignore. */
export class StateFiles {
  readonly #texts: TextFiles;

  constructor(texts: TextFiles) {
    this.#texts = texts;
  }

  /** Makes the directory; it may be removed at any time. */
  open(): Result<boolean, StateFailure> {
    return this.#texts.write(inState('.gitignore'), '*\n');
  }

  /** Says whether the file was another. */
  write(path: ProjectPath, text: string): Result<boolean, StateFailure> {
    const ignored = this.open();
    return ignored.ok ? this.#texts.write(path, text) : ignored;
  }
}

/** What the last run left, if it can be read. */
export function readState(files: ProjectFiles, file: ProjectPath): ProjectState | undefined {
  const text = readText(files, file);
  return text === undefined ? undefined : decodeState(text);
}

/** The same of the daemon engine, for it to decode. */
export const readEngineMemory = (files: ProjectFiles): string | undefined => readText(files, engineFile);

/** A disk that fails to give it back has lost it. */
function readText(files: ProjectFiles, file: ProjectPath): string | undefined {
  try {
    return files.read(file)?.toString('utf8');
  } catch {
    return undefined;
  }
}
