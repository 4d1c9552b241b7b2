import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../testing/temporary.ts';
import { createNodeCommands } from './node-commands.ts';

const patience = { lookEveryMs: 20, looksAsleep: 5, bytes: 2 ** 28 };
const { run } = createNodeCommands(process.env, patience);

/** A directory in which `zero.h` has no end, and nobody ever writes to `pipe.h`. */
function directory(): string {
  const root = temporaryDirectory();
  execFileSync('mkfifo', [join(root, 'pipe.h')]);
  symlinkSync('/dev/zero', join(root, 'zero.h'));
  writeFileSync(join(root, 'waits.c'), '#include "pipe.h"\n');
  writeFileSync(join(root, 'grows.c'), '#define FILE <zero.h>\n#include FILE\n');
  writeFileSync(join(root, 'ends.c'), 'int x;\n');
  return root;
}

describe('a program that only reads files', () => {
  it('is ended where it waits for a pipe, with what it has started', async () => {
    const root = directory();
    const result = await run({ file: 'cc', args: ['-M', 'waits.c'], cwd: root, endIfStuck: true });
    expect(result).toMatchObject({ ended: 'stuck', exitCode: undefined });
  });

  it('is ended where it takes more and more memory', async () => {
    const root = directory();
    const result = await run({ file: 'cc', args: ['-M', '-I.', 'grows.c'], cwd: root, endIfStuck: true });
    expect(result).toMatchObject({ ended: 'stuck', exitCode: undefined });
  });

  it('is left alone while it works, and where nobody has said so', async () => {
    const root = directory();
    expect(await run({ file: 'cc', args: ['-M', 'ends.c'], cwd: root, endIfStuck: true })).toMatchObject({
      ended: 'exited',
      exitCode: 0,
    });
    // Ten times as long as one that sleeps is given.
    const work = 'end=$(($(date +%s) + 2)); while [ $(date +%s) -lt $end ]; do :; done; echo done';
    expect(await run({ file: 'sh', args: ['-c', work], endIfStuck: true })).toMatchObject({ stdout: 'done\n' });
    expect(await run({ file: 'sleep', args: ['1'] })).toMatchObject({ ended: 'exited', exitCode: 0 });
  });
});
