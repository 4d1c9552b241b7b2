/** What the adapters that start programs have in common. */

/** How long a process group may take to end after SIGTERM before it is killed. */
export const graceMs = 1000;

export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Lines without their newlines, as they come; one longer than `longest` characters comes in pieces. */
export function splitLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void, longest = Infinity): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (rest.length <= longest) return;
    onLine(rest);
    rest = '';
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
