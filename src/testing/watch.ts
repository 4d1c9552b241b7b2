import { cycleOf, type Cycle } from './cycle.ts';
import type { EventOf, Kind } from './event-log.ts';
import { projectOptions, startMakenix, type Ended, type RunOptions } from './makenix.ts';
import type { TestProject } from './project.ts';

/** A `makenix watch` of a project. Waits read its events in order; none is seen twice. */
export interface Watch {
  readonly pid: number;
  /** The cycle with which it began. */
  readonly first: Cycle;
  event<K extends Kind>(kind: K, matches?: (event: EventOf<K>) => boolean): Promise<EventOf<K>>;
  /** The next of what comes in its own time, while a cycle runs or not: each once, whatever the other waits have read. */
  aside<K extends Kind>(kind: K): Promise<EventOf<K>>;
  /**
   * The next cycle that was not cancelled, with all events since the last wait, those of cancelled cycles before it
   * included.
   */
  cycle(): Promise<Cycle>;
  /** For changes that may come in several cycles: up to and with the first for which it holds. */
  cyclesUntil(holds: (cycle: Cycle) => boolean | Promise<boolean>): Promise<readonly Cycle[]>;
  stderr(): string;
  /** Ends it as Ctrl-C does. */
  interrupt(): Promise<Ended>;
}

/** Starts watching, and resolves once every directory is watched and the first cycle is over. */
export async function watch(
  project: TestProject,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Watch> {
  const starting = startWatch(project, args, options);
  const first = await starting.cycle();
  await starting.aside('daemon-ready');
  return { ...starting, first };
}

/** The same, for what happens before that. */
export function startWatch(
  project: TestProject,
  args: readonly string[] = [],
  options: RunOptions = {},
): Omit<Watch, 'first'> {
  const running = startMakenix(['watch', '--json', ...projectOptions(project), ...args], options);
  const { pid, log, ended } = running;
  const cycle = async (): Promise<Cycle> => {
    const from = log.position;
    await log.next('cycle-finished', ({ outcome }) => outcome !== 'cancelled');
    return cycleOf(log.all.slice(from, log.position));
  };
  return {
    pid,
    cycle,
    stderr: () => running.stderr(),
    event: (kind, matches) => log.next(kind, matches),
    aside: (kind) => log.aside(kind),
    async cyclesUntil(holds) {
      const cycles: Cycle[] = [];
      for (;;) {
        const next = await cycle();
        cycles.push(next);
        if (await holds(next)) return cycles;
      }
    },
    interrupt() {
      running.signal('SIGINT');
      return ended;
    },
  };
}
