import type { ContentHash, ProjectPath, StorePath } from '../model/ids.ts';
import type { CompileStep, ProductStep } from '../model/plan.ts';
import { sourcePath } from './source-path.ts';

export interface SourceFile {
  readonly nar: ContentHash;
  readonly path: StorePath;
}

/** The store paths of the project's files. Most are what they were, which is looked at once. */
export class SourceFiles {
  readonly #nar: (path: ProjectPath) => ContentHash | undefined;
  readonly #known = new Map<ProjectPath, SourceFile>();
  /** Not as they were before, or not there any more. */
  readonly #changed = new Set<ProjectPath>();

  constructor(
    nar: (path: ProjectPath) => ContentHash | undefined,
    before: ReadonlyMap<ProjectPath, SourceFile> = new Map(),
  ) {
    this.#nar = nar;
    for (const [path, file] of before) {
      if (nar(path) === file.nar) this.#known.set(path, file);
      else this.#changed.add(path);
    }
  }

  get known(): ReadonlyMap<ProjectPath, SourceFile> {
    return this.#known;
  }

  readonly path = (path: ProjectPath): StorePath => this.get(path).path;

  get(path: ProjectPath): SourceFile {
    const file = this.#look(path);
    if (file === undefined) throw new Error(`${path} is not there`);
    return file;
  }

  hasChanged(step: CompileStep | ProductStep, read: readonly ProjectPath[]): boolean {
    if (this.#changed.size === 0) return false;
    return (step.kind === 'compile' && this.#changed.has(step.source)) || read.some((path) => this.#changed.has(path));
  }

  /** The first file that a step reads and that is not there. */
  absentOf(step: CompileStep | ProductStep, read: readonly ProjectPath[]): ProjectPath | undefined {
    if (step.kind === 'compile' && this.#look(step.source) === undefined) return step.source;
    return read.find((path) => this.#look(path) === undefined);
  }

  #look(path: ProjectPath): SourceFile | undefined {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const nar = this.#nar(path);
    if (nar === undefined) return undefined;
    const file = { nar, path: sourcePath(path, nar) };
    this.#known.set(path, file);
    return file;
  }
}
