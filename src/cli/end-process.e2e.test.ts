import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { execute } from '../testing/execute.ts';
import { repository } from '../testing/project.ts';

const module = JSON.stringify(pathToFileURL(join(repository, 'dist/cli/end-process.js')).href);

it('ends a process that a forgotten watch would keep, and after it has written everything', async () => {
  const script = `
    import { watch } from 'node:fs';
    import { endProcess } from ${module};
    watch('/');
    process.stdout.write('x'.repeat(1_000_000));
    await endProcess(3);
  `;
  const { exitCode, stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], '/');
  expect(exitCode).toBe(3);
  expect(stdout).toHaveLength(1_000_000);
});
