import type { MakenixEvent } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { internalFailure } from '../model/internal-failure.ts';
import { fail, type Result } from '../model/result.ts';

/** What brings a recorded plan up to date; false where it was stopped. */
export interface Imports {
  /** Records the build anew. */
  record(because: readonly string[], signal: AbortSignal): Promise<Result<boolean, Failure>>;
  /** Has the build make anew what it generates. */
  refresh(because: readonly string[], signal: AbortSignal): Promise<Result<boolean, Failure>>;
}

/** What has changed: what defines the build, or only what something is generated from. */
export interface Stale {
  readonly definition: readonly string[];
  readonly generators: readonly string[];
}

/**
 * Keeps a recorded plan true while a project is watched. It waits for nobody: the project's own build runs beside the
 * cycles, which go on with the plan that there is, and what it writes (a new plan, generated files) is hinted at like
 * everything else in the tree.
 */
export class Reimporter {
  readonly #imports: Imports;
  readonly #emit: (event: MakenixEvent) => void;
  readonly #controller = new AbortController();
  #running: Promise<void> | undefined;
  /** What the last attempt was for: where it did not help, another one with the same files would not either. */
  #attempted = '';
  /** What was found to be stale while an import ran. */
  #next: (() => void) | undefined;

  constructor(imports: Imports, emit: (event: MakenixEvent) => void) {
    this.#imports = imports;
    this.#emit = emit;
  }

  /** `versionOf` tells versions of what is stale apart: files, and products that a generator runs. */
  consider({ definition, generators }: Stale, versionOf: (path: string) => string): void {
    if (this.#running !== undefined) {
      this.#next = () => {
        this.consider({ definition, generators }, versionOf);
      };
      return;
    }
    const because = definition.length > 0 ? definition : generators;
    if (because.length === 0 || this.#controller.signal.aborted) return;
    const key = because.map((path) => `${path} ${versionOf(path)}`).join('\n');
    if (key === this.#attempted) return;
    this.#attempted = key;
    const { signal } = this.#controller;
    const attempt =
      definition.length > 0 ? this.#imports.record(because, signal) : this.#imports.refresh(because, signal);
    this.#running = attempt
      .catch((error: unknown) => fail<Failure>(internalFailure(error)))
      .then((result) => {
        this.#running = undefined;
        if (!result.ok) this.#emit({ kind: 'failure', failure: result.failure });
        const next = this.#next;
        this.#next = undefined;
        // Whether it still holds, the cycle that takes in the new plan says; after a failure there may be none.
        if (!result.ok) next?.();
      });
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await this.#running;
  }
}
