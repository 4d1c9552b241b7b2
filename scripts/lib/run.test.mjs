import { expect, it } from 'vitest';
import { Interrupted } from './main.mjs';
import { run } from './run.mjs';

const never = new AbortController().signal;

it('keeps stdout apart from the whole of what was said', async () => {
  const { code, stdout, output } = await run('sh', ['-c', 'echo out; echo err >&2; exit 3'], { signal: never });
  expect({ code, stdout }).toEqual({ code: 3, stdout: 'out\n' });
  expect(output.split('\n').sort()).toEqual(['', 'err', 'out']);
});

it('ends the program when interrupted', async () => {
  const controller = new AbortController();
  const reason = new Interrupted('SIGINT');
  const running = run('tail', ['-f', '/dev/null'], { signal: controller.signal });
  controller.abort(reason);
  await expect(running).rejects.toBe(reason);
});

it('names the program that is not there', async () => {
  await expect(run('no-such-program', [], { signal: never })).rejects.toThrow('cannot run no-such-program');
});
