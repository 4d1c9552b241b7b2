import { totalmem } from 'node:os';
import { lookAtTree } from './node-process-look.ts';
import { killGroup } from './node-processes.ts';

/** When a program that only reads files is given up. */
export interface Patience {
  readonly lookEveryMs: number;
  /** So many looks in a row at which nothing has moved. */
  readonly looksAsleep: number;
  readonly bytes: number;
}

/**
 * A compiler that reads files sleeps for moments, and preprocesses in less than a gigabyte. Where it has no processor, or a disk is slow,
 * it does not sleep.
 */
export const usualPatience: Patience = {
  lookEveryMs: 250,
  looksAsleep: 12,
  bytes: Math.min(8 * 2 ** 30, totalmem() / 2),
};

/** Ends a process group that is stuck. `stop` calls the looking off, and says whether it was. */
export function endGroupIfStuck(pid: number | undefined, patience: Patience): { readonly stop: () => boolean } {
  if (pid === undefined) return { stop: () => false };
  let isStuck = false;
  let asleep = 0;
  let cpuTicks: number | undefined;
  const timer = setInterval(() => {
    const look = lookAtTree(pid);
    if (look === undefined) return;
    asleep = look.isAsleep && look.cpuTicks === cpuTicks ? asleep + 1 : 0;
    cpuTicks = look.cpuTicks;
    if (asleep < patience.looksAsleep && look.bytes <= patience.bytes) return;
    isStuck = true;
    killGroup(pid, 'SIGKILL');
  }, patience.lookEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      return isStuck;
    },
  };
}
