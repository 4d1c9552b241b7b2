import { execFile } from 'node:child_process';
import type { CommandRunner } from './ports.ts';

/**
 * Runs compilers for the generator of dynamic mode, and no more than that: nothing is passed through, interrupted or
 * looked for on a PATH. Node's own `execFile` does for it, and execa, which `node-commands.ts` is made of, would be half
 * of a file that is committed to every project.
 */
export const plainCommands: CommandRunner = {
  run: ({ file, args, cwd, env }) =>
    new Promise((resolve) => {
      const started = performance.now();
      const options = {
        maxBuffer: Infinity,
        ...(cwd === undefined ? {} : { cwd }),
        ...(env === undefined ? {} : { env: { ...env } }),
      };
      execFile(file, args, options, (error, stdout, stderr) => {
        const isMissing = error?.code === 'ENOENT';
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
        const ended = isMissing ? 'not-found' : exitCode === undefined ? 'signalled' : 'exited';
        resolve({ exitCode, stdout, stderr, ended, ms: performance.now() - started });
      });
    }),
  which: () => [],
  environment: () => ({}),
};
