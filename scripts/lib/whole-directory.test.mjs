import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeWholeDirectory } from './whole-directory.mjs';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'makenix-test-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const writes = (/** @type {string} */ text) => async (/** @type {string} */ directory) =>
  writeFileSync(join(directory, 'file'), text);
const contents = () => readFileSync(join(parent, 'made/file'), 'utf8');

it('shows nothing under its name until it is whole', async () => {
  await makeWholeDirectory(
    join(parent, 'made'),
    async (temporary) => {
      await writes('done')(temporary);
      expect(readdirSync(parent)).not.toContain('made');
    },
    () => false,
  );
  expect(contents()).toBe('done');
  expect(readdirSync(parent)).toEqual(['made']);
});

it('leaves nothing behind where filling it fails', async () => {
  const fails = async () => {
    throw new Error('no network');
  };
  await expect(makeWholeDirectory(join(parent, 'made'), fails, () => true)).rejects.toThrow('no network');
  expect(readdirSync(parent)).toEqual([]);
});

it('gives both of two at once the one that was finished first', async () => {
  /** @type {() => void} */
  let release = () => undefined;
  const firstIsDone = new Promise((resolve) => (release = () => resolve(undefined)));
  const slow = makeWholeDirectory(
    join(parent, 'made'),
    async (temporary) => {
      await firstIsDone;
      await writes('slow')(temporary);
    },
    () => true,
  );
  await makeWholeDirectory(join(parent, 'made'), writes('fast'), () => true);
  release();
  await slow;
  expect(contents()).toBe('fast');
  expect(readdirSync(parent)).toEqual(['made']);
});

it('replaces what will not do', async () => {
  mkdirSync(join(parent, 'made'));
  writeFileSync(join(parent, 'made/file'), 'half');
  await makeWholeDirectory(join(parent, 'made'), writes('whole'), () => false);
  expect(contents()).toBe('whole');
  expect(readdirSync(parent)).toEqual(['made']);
});

it('removes what a killed process left, and not what a living one is filling', async () => {
  // Beyond the largest pid that Linux gives out.
  const [dead, alive] = ['.made.4194305.01234567', `.made.${process.pid}.01234567`];
  for (const name of [dead, alive, '.made.other']) mkdirSync(join(parent, name));
  await makeWholeDirectory(join(parent, 'made'), writes('done'), () => false);
  expect(readdirSync(parent).sort()).toEqual([alive, '.made.other', 'made'].sort());
});
