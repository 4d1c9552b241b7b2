import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { trustedProjectPath as at } from '../model/ids.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { createNodeFiles } from './node-files.ts';

it('takes what cannot be reached for what is not there', () => {
  const root = temporaryDirectory();
  writeFileSync(join(root, 'file'), '');
  mkdirSync(join(root, 'directory'));
  symlinkSync('loop', join(root, 'loop'));
  const files = createNodeFiles(root);
  for (const path of ['none', 'file/below', 'directory', 'loop', 'loop/below']) {
    expect(files.stat(at(path)), path).toBeUndefined();
    expect(files.read(at(path)), path).toBeUndefined();
  }
  expect(files.stat(at('file'))?.size).toBe(0);
  expect(files.list(() => false)).toEqual(['file']);
});
