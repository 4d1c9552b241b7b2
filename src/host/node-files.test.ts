import { execFileSync } from 'node:child_process';
import {
  lutimesSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

it('takes what is no file for what is not there, and waits for no pipe', () => {
  const root = temporaryDirectory();
  execFileSync('mkfifo', [join(root, 'pipe.c')]);
  symlinkSync('pipe.c', join(root, 'to-pipe.c'));
  symlinkSync('/dev/zero', join(root, 'zero.c'));
  symlinkSync('/dev/tty', join(root, 'tty.c'));
  const files = createNodeFiles(root);
  for (const path of ['pipe.c', 'to-pipe.c', 'zero.c', 'tty.c', 'x'.repeat(300)]) {
    expect(files.stat(at(path)), path).toBeUndefined();
    expect(files.read(at(path)), path).toBeUndefined();
  }
  expect(files.list(() => false)).toEqual([]);
});

it('writes, links, renames and removes nothing behind a link that leads out', () => {
  const outer = temporaryDirectory();
  for (const name of ['root', 'root/inside', 'elsewhere', 'elsewhere/below']) mkdirSync(join(outer, name));
  writeFileSync(join(outer, 'elsewhere/file'), 'theirs');
  symlinkSync('../elsewhere', join(outer, 'root/out'));
  symlinkSync('../elsewhere/file', join(outer, 'root/file'));
  symlinkSync('../nowhere', join(outer, 'root/nowhere'));
  symlinkSync('inside', join(outer, 'root/in'));
  const files = createNodeFiles(join(outer, 'root'));
  const { mtimeMs } = statSync(join(outer, 'elsewhere/file'));
  for (const refused of [
    () => files.write(at('out/new'), ''),
    () => files.write(at('out/below/new'), ''),
    () => files.write(at('out/none/new'), ''),
    () => files.write(at('nowhere/new'), ''),
    () => files.link(at('out/link'), 'x'),
    () => files.remove(at('out/file')),
    () => files.rename(at('out/file'), at('mine')),
    () => files.rename(at('in'), at('out/in')),
    () => files.setTime(at('file'), 1n),
  ])
    expect(refused, String(refused)).toThrow();
  expect(readdirSync(join(outer, 'elsewhere')).sort()).toEqual(['below', 'file']);
  expect(statSync(join(outer, 'elsewhere/file')).mtimeMs).toBe(mtimeMs);

  files.write(at('in/new'), '');
  expect(readdirSync(join(outer, 'root/inside'))).toEqual(['new']);
  // The link itself is in the project, and is what is replaced.
  files.write(at('file'), 'ours');
  expect(statSync(join(outer, 'root/file')).size).toBe(4);
  files.remove(at('out'));
  expect(readdirSync(join(outer, 'elsewhere')).sort()).toEqual(['below', 'file']);
  expect(readlinkSync(join(outer, 'root/in'))).toBe('inside');
});

it('makes no project anew that was removed, and says so', () => {
  const outer = temporaryDirectory();
  const root = join(outer, 'root');
  mkdirSync(root);
  const files = createNodeFiles(root);
  rmdirSync(root);
  for (const path of ['new', 'in/new']) {
    expect(() => files.write(at(path), ''), path).toThrow(`${root} is not there any more`);
  }
  expect(readdirSync(outer)).toEqual([]);
});
