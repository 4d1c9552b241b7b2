import { build } from './makenix.ts';
import type { Cycle } from './cycle.ts';
import type { TestProject } from './project.ts';
import { watch } from './watch.ts';

/** A project under makenix: built once, and then again after each edit. */
export interface Editing {
  readonly first: Cycle;
  /** Makes an edit and returns the cycle it brings about. */
  after(edit: () => void): Promise<Cycle>;
  /** Ends what still runs; what it remembers is then on disk. */
  stop(): Promise<unknown>;
}

/** The two ways to have a project built. What an edit leads to does not depend on which it is. */
export const editingBy: Readonly<
  Record<'build' | 'watch', (project: TestProject, ...args: string[]) => Promise<Editing>>
> = {
  async build(project, ...args) {
    const first = await build(project, ...args);
    return {
      first,
      after(edit) {
        edit();
        return build(project, ...args);
      },
      stop: () => Promise.resolve(),
    };
  },
  async watch(project, ...args) {
    const makenix = await watch(project, args);
    return {
      first: makenix.first,
      after(edit) {
        edit();
        return makenix.cycle();
      },
      stop: () => makenix.interrupt(),
    };
  },
};
