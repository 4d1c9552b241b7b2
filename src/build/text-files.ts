import type { StateFailure } from '../model/failure.ts';
import type { ProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { ProjectFiles } from '../host/ports.ts';

/** Files that makenix generates. Writing what is there already would wake every tool that watches. */
export class TextFiles {
  readonly #files: ProjectFiles;
  readonly #written = new Map<ProjectPath, string>();

  constructor(files: ProjectFiles) {
    this.#files = files;
  }

  /** The text as this run last wrote or found it; undefined before its first `write`. */
  last(path: ProjectPath): string | undefined {
    return this.#written.get(path);
  }

  /** Writes unless the file has that text; says whether it did. */
  write(path: ProjectPath, text: string): Result<boolean, StateFailure> {
    if (this.#written.get(path) === text && this.#files.stat(path) !== undefined) return ok(false);
    const isSame = this.#files.read(path)?.toString('utf8') === text;
    try {
      if (!isSame) this.#files.write(path, text);
    } catch (error) {
      return fail({ kind: 'state-unwritable', path, problem: error instanceof Error ? error.message : String(error) });
    }
    this.#written.set(path, text);
    return ok(!isSame);
  }
}
