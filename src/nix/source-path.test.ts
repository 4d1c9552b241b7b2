import { expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import { narHash } from './nar.ts';
import { sourceName, sourcePath } from './source-path.ts';

it.each([
  ['src/a.c', 'a.c'],
  ['-d/-a=b+c_d?e.H', '-a=b+c_d?e.H'],
  ['x'.repeat(180), 'x'.repeat(180)],
  ['x'.repeat(181), 'source'],
  ['src/.hidden', 'source'],
  ['a.drv', 'source'],
  ['a.drv.c', 'a.drv.c'],
  ['a b', 'source'],
  ['a.drv\n', 'source'],
  ['ü', 'source'],
])('the store calls %j %j', (path, name) => {
  expect(sourceName(trustedProjectPath(path))).toBe(name);
});

it('a file has the path that builtins.path gives it', () => {
  // `builtins.path { path = ./f; name = "hello.c"; }`, f an executable file of these contents
  const path = sourcePath(trustedProjectPath('src/hello.c'), narHash(Buffer.from('hello\n'), true));
  expect(path).toBe('/nix/store/b41v4xv61j7pmw21ad944kgpczx946w1-hello.c');
});
