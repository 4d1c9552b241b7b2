import type { Diagnostic } from '../model/diagnostic.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import { parseDiagnosticLine } from '../scan/diagnostics.ts';
import type { Warnings } from './project-state.ts';

/** Versions remembered of one object: enough for going back and forth between a few branches. */
const remembered = 8;

/** Of a small project, as many objects are remembered that are gone, for the branch that has them. */
const leastGone = 50;

/**
 * What compilers said of objects, by version: an object that is not compiled again, or one whose earlier version comes
 * back from the store, has its warnings all the same.
 */
export class WarningBook {
  /** Those recorded last at the end. */
  readonly #pages: Map<StepName, readonly Warnings[]>;

  constructor(entries: Iterable<readonly [StepName, readonly Warnings[]]> = []) {
    this.#pages = new Map(entries);
  }

  /** `lines` is all that the compiler printed, perhaps nothing. */
  record(step: StepName, version: string, lines: readonly string[]): void {
    const others = (this.#pages.get(step) ?? []).filter((page) => page.version !== version);
    this.#pages.delete(step);
    if (lines.length > 0) this.#pages.set(step, [{ version, lines }, ...others].slice(0, remembered));
    else if (others.length > 0) this.#pages.set(step, others);
  }

  /** Of objects that are gone, remembers as many as there are: those that were compiled last. */
  retain(objects: { readonly size: number; has(step: StepName): boolean }): void {
    const gone = [...this.#pages.keys()].filter((step) => !objects.has(step));
    for (const step of gone.slice(0, -Math.max(leastGone, objects.size))) this.#pages.delete(step);
  }

  /**
   * The diagnostics of the version given; it is asked for only where anything is known of the object. `directory`: in
   * which its compiler runs.
   */
  diagnostics(step: StepName, version: () => string, directory?: ProjectPath): readonly Diagnostic[] {
    const pages = this.#pages.get(step);
    if (pages === undefined) return [];
    const current = version();
    const page = pages.find((candidate) => candidate.version === current);
    return page?.lines.flatMap((line) => parseDiagnosticLine(line, directory) ?? []) ?? [];
  }

  entries(): Iterable<readonly [StepName, readonly Warnings[]]> {
    return this.#pages.entries();
  }
}
