import type { ProjectPath } from '../model/ids.ts';
import type { ProgramId, ProgramStarted } from '../record/trace.ts';

/** What programs that the build has made write themselves, or have a shell write that sends their output to a file. */
export class OwnPrograms {
  readonly written = new Set<ProjectPath>();
  readonly #running = new Set<ProgramId>();
  readonly #last = new Map<ProgramId, ProjectPath>();

  start({ program, parent }: ProgramStarted, isOwn: boolean): void {
    const redirected = parent === undefined ? undefined : this.#last.get(parent);
    if (isOwn && redirected !== undefined) this.written.add(redirected);
    if (isOwn || (parent !== undefined && this.#running.has(parent))) this.#running.add(program);
  }

  write(program: ProgramId, file: ProjectPath): void {
    this.#last.set(program, file);
    if (this.#running.has(program)) this.written.add(file);
  }
}
