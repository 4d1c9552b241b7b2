import { lutimesSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
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

it('removes what killed runs have left half-written, and nothing that may be written now', () => {
  const root = temporaryDirectory();
  const files = createNodeFiles(root);
  const anHourAgo = Date.now() / 1000 - 3600;
  mkdirSync(join(root, 'sub'));
  for (const directory of ['.', 'sub']) {
    writeFileSync(join(root, directory, '.old.0.makenix-tmp'), 'half');
    symlinkSync('nowhere', join(root, directory, '.old.1.makenix-tmp'));
    writeFileSync(join(root, directory, '.new.0.makenix-tmp'), 'half');
    writeFileSync(join(root, directory, 'source.c'), 'mine');
    for (const name of ['.old.0.makenix-tmp', '.old.1.makenix-tmp', 'source.c'])
      lutimesSync(join(root, directory, name), anHourAgo, anHourAgo);
  }
  expect(files.names(at('sub'))).toEqual(['source.c']);
  files.write(at('written'), '');
  expect(readdirSync(root).sort()).toEqual(['.new.0.makenix-tmp', 'source.c', 'sub', 'written']);
  files.link(at('sub/link'), 'written');
  expect(readdirSync(join(root, 'sub')).sort()).toEqual(['.new.0.makenix-tmp', 'link', 'source.c']);
});

it('leaves nothing half-written where it cannot write', () => {
  const root = temporaryDirectory();
  const files = createNodeFiles(root);
  mkdirSync(join(root, 'directory/full'), { recursive: true });
  expect(() => files.write(at('directory'), 'text')).toThrow('EISDIR');
  expect(() => files.link(at('directory'), 'text')).toThrow('no symbolic link');
  expect(readdirSync(root)).toEqual(['directory']);
});

it('is not hindered by what a process of the same number has left', () => {
  const root = temporaryDirectory();
  for (const n of [0, 1]) symlinkSync('nowhere', join(root, `.${process.pid}.${n}.makenix-tmp`));
  const files = createNodeFiles(root);
  files.link(at('link'), 'target');
  files.write(at('file'), 'text');
  expect([files.readLink(at('link')), files.read(at('file'))?.toString()]).toEqual(['target', 'text']);
});
