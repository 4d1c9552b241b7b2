/** The other end, for programs that talk to one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a server for as long as questions to it take.
 *
 * @param {{ program: string, args: readonly string[], signal: AbortSignal }} server
 * @param {(isLast: boolean) => Promise<boolean>} ask whether it was there; asked again until then
 */
export async function askServer({ program, args, signal }, ask) {
  const child = spawn(program, [...args], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    await once(child, 'spawn');
    for (let tries = 50; !(await ask(tries === 0)); tries--) await sleep(100, undefined, { signal });
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/**
 * @param {string} body
 * @param {(url: string) => Promise<void>} use
 */
export async function withHttpServer(body, use) {
  const server = createServer((_, response) => response.end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    await use(`http://127.0.0.1:${address.port}/`);
  } finally {
    server.close();
  }
}
