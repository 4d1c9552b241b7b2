import { readdirSync, readFileSync } from 'node:fs';

/** A process, told apart from a later one of the same number by when it was started. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly started: string;
  readonly command: string;
}

/** Every process below `pid`, whatever group, session or name space it is in. Linux only. */
export function descendantsOf(pid: number): readonly Process[] {
  const all = everyProcess();
  const found: Process[] = [];
  const parents = [pid];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    for (const process of all) {
      if (process.parent !== parent) continue;
      found.push(process);
      parents.push(process.pid);
    }
  }
  return found;
}

/** Those of them that still run. */
export function stillRunning(processes: readonly Process[]): readonly Process[] {
  const now = new Map(everyProcess().map((process) => [process.pid, process.started]));
  return processes.filter(({ pid, started }) => now.get(pid) === started);
}

function everyProcess(): readonly Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // proc(5): the command is in brackets and may hold any character; what follows are the fields from the third on.
      const end = stat.lastIndexOf(')');
      const [state, parent, ...rest] = stat.slice(end + 2).split(' ');
      if (state === 'Z') return [];
      const started = rest[17] ?? '';
      return [{ pid: Number(name), parent: Number(parent), started, command: stat.slice(stat.indexOf('(') + 1, end) }];
    } catch {
      // It ended between the two looks.
      return [];
    }
  });
}
