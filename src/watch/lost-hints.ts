import type { ProjectPath } from '../model/ids.ts';

/**
 * Which changes nobody has said anything about. What a look has found is not lost for that: its hint may be on its way;
 * and of what is new in a directory that is new, only the directory may be heard of.
 */
export class LostHints {
  readonly #heard = new Set<string>();
  readonly #suspects = new Set<ProjectPath>();

  heard(path: ProjectPath): void {
    this.#heard.add(path);
  }

  /** Changes that were found by looking. Returns whether nothing has been heard yet of some of them. */
  found(paths: Iterable<ProjectPath>): boolean {
    for (const path of paths) if (!this.#isHeard(path)) this.#suspects.add(path);
    return this.#suspects.size > 0;
  }

  /** All is well, as far as anybody can see: what was heard so far was about something else. */
  settled(): void {
    this.#heard.clear();
  }

  /** Those that nothing has been heard of since they were found either; they are forgotten with that. */
  take(): readonly ProjectPath[] {
    const lost = [...this.#suspects].filter((path) => !this.#isHeard(path));
    this.#suspects.clear();
    return lost;
  }

  #isHeard(path: string): boolean {
    for (let above = path; above !== ''; above = above.slice(0, Math.max(0, above.lastIndexOf('/')))) {
      if (this.#heard.has(above)) return true;
    }
    return false;
  }
}
