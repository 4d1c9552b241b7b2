import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../testing/temporary.ts';
import { lockFile, type FileLock, type LockHolder } from './node-lock.ts';

const held = (lock: FileLock | LockHolder | undefined): FileLock => {
  if (lock === undefined || 'pid' in lock) throw new Error(`not locked: ${JSON.stringify(lock)}`);
  return lock;
};
const own = { pid: process.pid, host: null };

it('is had by one, until that lets go', () => {
  const file = join(temporaryDirectory(), 'lock');
  const first = held(lockFile(file));
  expect(lockFile(file)).toEqual(own);
  first.release();
  const second = held(lockFile(file));
  expect(lockFile(file)).toEqual(own);
  second.release();
});

it('is nothing that a child could keep', () => {
  const file = join(temporaryDirectory(), 'lock');
  const first = held(lockFile(file));
  expect(spawnSync('flock', ['-n', file, 'true']).status).toBe(1);
  first.release();
  expect(spawnSync('flock', ['-n', file, 'true']).status).toBe(0);
});

it('is taken again where its file was removed', () => {
  const file = join(temporaryDirectory(), 'lock');
  const first = held(lockFile(file));
  first.renew();
  rmSync(file);
  first.renew();
  expect(lockFile(file)).toEqual(own);
  rmSync(file);
  const second = held(lockFile(file));
  // Not ours any more.
  first.renew();
  expect(lockFile(file)).toEqual(own);
  second.release();
  first.renew();
  expect(lockFile(file)).toEqual(own);
  first.release();
});

it('tells a holder of another machine, and does not take one that was killed for a holder', () => {
  const file = join(temporaryDirectory(), 'lock');
  const lock = held(lockFile(file));
  expect(readFileSync(file, 'utf8')).toBe(`${process.pid} ${hostname()}\n`);
  writeFileSync(file, '12 elsewhere\n');
  expect(lockFile(file)).toEqual({ pid: 12, host: 'elsewhere' });
  for (const text of [`${2 ** 30} ${hostname()}\n`, '', '\n', 'x y\n', `-1 ${hostname()}\n`]) {
    writeFileSync(file, text);
    expect(lockFile(file)).toEqual({ pid: null, host: null });
  }
  lock.release();
});

it('is none where there is nothing to lock, or another file would be', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'other'), 'mine');
  symlinkSync('other', join(directory, 'lock'));
  expect(lockFile(join(directory, 'lock'))).toBeUndefined();
  expect(readFileSync(join(directory, 'other'), 'utf8')).toBe('mine');
  expect(lockFile(join(directory, 'none/lock'))).toBeUndefined();
  expect(lockFile(directory)).toBeUndefined();
});
