import type { ScanFailure } from '../model/failure.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { filesOfRecord } from '../plan/staleness.ts';
import type { FileIndex } from '../scan/file-index.ts';
import type { IndexedPlan } from './plan-steps.ts';

/** Files that a plan names and no compiler: those that a linker reads, and those that the plan itself hangs on. */
export class PlanFiles {
  readonly #readers: IndexedPlan['filesOfProducts'];
  readonly #ofRecord: ReadonlySet<ProjectPath>;

  constructor(indexed?: IndexedPlan, recorded?: RecordedPlan) {
    this.#readers = indexed?.filesOfProducts ?? new Map();
    this.#ofRecord = recorded === undefined ? new Set() : filesOfRecord(recorded);
  }

  get all(): readonly ProjectPath[] {
    return [...this.#readers.keys(), ...this.#ofRecord];
  }

  has(path: ProjectPath): boolean {
    return this.#readers.has(path) || this.#ofRecord.has(path);
  }

  /** Products whose linker reads it. */
  readersOf(path: ProjectPath): readonly StepName[] | undefined {
    return this.#readers.get(path);
  }

  /** Products that cannot be made because a file that their linker reads is not there. */
  withoutFiles(index: FileIndex): readonly (readonly [StepName, ScanFailure])[] {
    const missing = [...this.#readers].filter(([path]) => index.get(path) === undefined);
    return missing.flatMap(([path, steps]) =>
      steps.map((step) => [step, { kind: 'input-missing', step, path }] as const),
    );
  }
}
