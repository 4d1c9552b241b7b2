import type { ProjectPath } from '../model/ids.ts';
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
  write(path: ProjectPath, text: string): boolean {
    if (this.#written.get(path) === text && this.#files.stat(path) !== undefined) return false;
    const isSame = this.#files.read(path)?.toString('utf8') === text;
    if (!isSame) this.#files.write(path, text);
    this.#written.set(path, text);
    return !isSame;
  }
}
