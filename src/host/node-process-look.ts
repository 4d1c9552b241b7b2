import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessLook } from './ports.ts';

/** Of a child that was not waited for yet. Linux only; undefined elsewhere. */
export function lookAtChild(pid: number): ProcessLook | undefined {
  const own = readStat(pid);
  if (own === undefined) return undefined;
  const { state, cpuTicks } = own;
  return {
    isGone: state === 'Z',
    isStopped: state === 'T',
    isAsleep: state === 'S',
    hasChildren: () => hasChildren(pid),
    cpuTicks,
  };
}

/** Of one that was. */
export const nothingLeft: ProcessLook = {
  isGone: true,
  isStopped: false,
  isAsleep: false,
  hasChildren: () => false,
  cpuTicks: 0,
};

/** What a child and all below it are at together; undefined where it is gone, and on other systems than Linux. */
export interface TreeLook {
  /** Each of them waits for something else than a disk. */
  readonly isAsleep: boolean;
  readonly cpuTicks: number;
  /** That is in memory. */
  readonly bytes: number;
}

export function lookAtTree(pid: number): TreeLook | undefined {
  const own = readStat(pid);
  if (own === undefined) return undefined;
  const below = (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter((child) => child !== '');
  const all = [
    { isAsleep: own.state === 'S', cpuTicks: own.cpuTicks, bytes: own.residentPages * pageBytes },
    ...below.flatMap((child) => lookAtTree(Number(child)) ?? []),
  ];
  return {
    isAsleep: all.every(({ isAsleep }) => isAsleep),
    cpuTicks: all.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** The least that there is: where pages are larger, so is what is taken for too much. */
const pageBytes = 4096;

/** The list of the kernel's own may miss some, or not be there (proc(5)); that of all processes is long. */
function hasChildren(pid: number): boolean {
  if ((read(`/proc/${pid}/task/${pid}/children`) ?? '') !== '') return true;
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && readStat(Number(name))?.parent === pid);
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly cpuTicks: number;
  readonly residentPages: number;
}

/** proc(5): the command is in brackets and may hold any character; what follows are the fields from the third on. */
function readStat(pid: number): Stat | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent] = fields;
  return {
    state,
    parent: Number(parent),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    residentPages: Number(fields[21]),
  };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
