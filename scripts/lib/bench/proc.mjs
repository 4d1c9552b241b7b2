/** What Linux says of a process; see proc(5). */
import { existsSync, readFileSync } from 'node:fs';

/**
 * The most resident memory it ever had, in bytes.
 *
 * @param {number | 'self'} pid
 */
export function peakMemory(pid) {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/**
 * Processor time it has used so far, in clock ticks; undefined where it is gone. Counted from behind the program's name,
 * which may hold anything.
 *
 * @param {number} pid
 */
export function processorTime(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const [, , , , , , , , , , , user, system] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(user) + Number(system);
}
