import type { StateFailure } from '../model/failure.ts';
import type { ProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { stateFailure } from '../model/state-failure.ts';
import type { FileStamp, ProjectFiles } from '../host/ports.ts';
import { sameStamp } from '../scan/system-files.ts';

/** Files that makenix generates. Writing what is there already would wake every tool that watches. */
export class TextFiles {
  readonly #files: ProjectFiles;
  readonly #written = new Map<ProjectPath, { readonly text: string; readonly stamp: FileStamp | undefined }>();

  constructor(files: ProjectFiles) {
    this.#files = files;
  }

  /** The text as this run last wrote or found it; undefined before its first `write`. */
  last(path: ProjectPath): string | undefined {
    return this.#written.get(path)?.text;
  }

  /** Writes unless the file has that text; says whether it did. */
  write(path: ProjectPath, text: string): Result<boolean, StateFailure> {
    const known = this.#written.get(path);
    try {
      // A checkout may have put back what the file was.
      const stamp = this.#files.stat(path);
      if (known?.text === text && known.stamp && stamp && sameStamp(known.stamp, stamp)) return ok(false);
      const isSame = this.#files.read(path)?.toString('utf8') === text;
      if (!isSame) this.#files.write(path, text);
      this.#written.set(path, { text, stamp: this.#files.stat(path) });
      return ok(!isSame);
    } catch (error) {
      return fail(stateFailure(path, error));
    }
  }
}
