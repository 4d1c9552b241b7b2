import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../run.mjs';
import { parse, startRecorder } from './recorder.mjs';

it('reads several programs of one process number, with arguments of any text', () => {
  const text = ['2', 'gcc', '/a b', '-DX="1\n2"', '', '0', 'ar', '/c', ''].join('\0');
  expect(parse(text)).toEqual([
    { program: 'gcc', directory: '/a b', args: ['-DX="1\n2"', ''] },
    { program: 'ar', directory: '/c', args: [] },
  ]);
});

it('notes what is run through the PATH, until it is stopped', async () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "makenix recorder's-")));
  try {
    const recorder = startRecorder(join(directory, 'recorder'));
    const env = { ...process.env, PATH: recorder.path(process.env.PATH) };
    const { signal } = new AbortController();
    await run('gcc', ['-dumpversion'], { cwd: directory, env, signal });
    recorder.clear();
    const { code } = await run('gcc', ['-dumpversion', '-D x'], { cwd: directory, env, signal });
    expect(code).toBe(0);
    recorder.stop();
    await run('gcc', ['-dumpversion'], { cwd: directory, env, signal });
    expect(recorder.read()).toEqual([{ program: 'gcc', directory, args: ['-dumpversion', '-D x'] }]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
