import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { differsInKeptCode } from './kept-code.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'makenix-kept-code-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** An object of this machine's compiler, made in a directory of that name. */
function objectIn(name: string, source: string, ...flags: readonly string[]): Buffer {
  const cwd = join(directory, name);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'a.c'), source);
  execFileSync('gcc', ['-O1', ...flags, '-c', 'a.c', '-o', 'a.o'], { cwd });
  return readFileSync(join(cwd, 'a.o'));
}

/** Of an object by link-time optimization alone. */
async function codeOf(object: Buffer): Promise<Buffer> {
  const cwd = join(directory, 'code');
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'kept.o'), object);
  execFileSync('gcc', ['-r', '-nostdlib', '-flinker-output=nolto-rel', 'kept.o', '-o', 'code.o'], { cwd });
  return readFileSync(join(cwd, 'code.o'));
}

const source = 'int twice(int x) { return 2 * x; }\n';

it('sees past random names and the directory, to the code', async () => {
  const [here, there] = [objectIn('here', source, '-flto'), objectIn('over-there', source, '-flto')];
  expect(here.equals(there)).toBe(false);
  expect(await differsInKeptCode(here, there, codeOf)).toBe(true);
  const other = objectIn('here', source.replace('2', '3'), '-flto');
  expect(await differsInKeptCode(here, other, codeOf)).toBe(false);
});

it('takes other options, code that is there already, and what no code can be made of for a difference', async () => {
  const here = objectIn('here', source, '-flto');
  expect(await differsInKeptCode(here, objectIn('here', source, '-flto', '-fwrapv'), codeOf)).toBe(false);
  const fat = objectIn('here', source, '-flto', '-ffat-lto-objects');
  expect(await differsInKeptCode(here, fat, codeOf)).toBe(false);
  expect(await differsInKeptCode(here, objectIn('here', source, '-flto'), async () => undefined)).toBe(false);
});

it('says nothing of objects that keep nothing', async () => {
  const asked = (): Promise<Buffer> => Promise.reject(new Error('nobody asks'));
  expect(await differsInKeptCode(objectIn('here', source), objectIn('here', `${source}int y;`), asked)).toBe(false);
  expect(await differsInKeptCode(Buffer.from('a'), Buffer.from('b'), asked)).toBe(false);
});
