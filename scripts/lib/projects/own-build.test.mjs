import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { productsOf, readOwnBuild } from './own-build.mjs';

let tree = '';
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'makenix-own-build-'));
});
afterEach(() => rmSync(tree, { recursive: true }));

/** @param {string[]} names */
function files(...names) {
  for (const name of names) {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), '');
  }
}

/** @param {string} command @param {string} [directory] */
function ran(command, directory = '') {
  const [program = '', ...args] = command.split(' ');
  return { program, directory: join(tree, directory), args };
}

describe('readOwnBuild', () => {
  it('follows a source into archives and programs', () => {
    files('src/a.c', 'src/a.o', 'src/main.c', 'src/main.o', 'src/liba.a', 'src/main');
    const build = readOwnBuild(tree, [
      ran('gcc -O2 -Iinclude -c a.c', 'src'),
      ran('gcc -O2 -c -o main.o main.c', 'src'),
      ran('ar rcu liba.a a.o', 'src'),
      ran('gcc -o main main.o -L. -la -lm', 'src'),
    ]);
    expect(build.units.map(({ source, object }) => [source, object])).toEqual([
      ['src/a.c', 'src/a.o'],
      ['src/main.c', 'src/main.o'],
    ]);
    expect(productsOf(build, ['src/a.o'])).toEqual(['src/liba.a', 'src/main']);
    expect(productsOf(build, ['src/main.o'])).toEqual(['src/main']);
  });

  it('knows a file that was moved, and one that is linked to', () => {
    files('a.c', 'objs/a.o', 'libz.so.1', 'program');
    renameSync(join(tree, 'objs/a.o'), join(tree, 'a.lo'));
    symlinkSync('libz.so.1', join(tree, 'libz.so'));
    const build = readOwnBuild(tree, [
      ran('gcc -fPIC -c -o objs/a.o a.c'),
      ran('mv objs/a.o a.lo'),
      ran('gcc -shared -o libz.so.1 a.lo'),
      ran('gcc -o program libz.so'),
    ]);
    expect(build.nameOf('objs/a.o')).toBe('a.lo');
    expect(productsOf(build, ['a.lo'])).toEqual(['libz.so.1', 'program']);
  });

  it('knows a copy of what was made, and takes a copy of a source for a file of its own', () => {
    files('a.h', 'include/a.h', 'a.o', 'liba.a', 'lib/liba.a', 'program', 'bin/program', 'bin/other');
    const build = readOwnBuild(tree, [
      ran('cp a.h include'),
      ran('gcc -c -o a.o a.c'),
      ran('ar cr liba.a a.o'),
      ran('cp -f liba.a lib'),
      ran('gcc -o program lib/liba.a'),
      ran('install -m 755 program bin/program'),
      ran('cp program bin/other'),
      ran('gcc -o bin/other a.o'),
    ]);
    expect(['include/a.h', 'lib/liba.a', 'bin/program', 'bin/other'].map(build.nameOf)).toEqual([
      'include/a.h',
      'liba.a',
      'program',
      'bin/other',
    ]);
    expect(productsOf(build, ['a.o'])).toEqual(['bin/other', 'liba.a', 'program']);
  });

  it('passes over what was tried and not kept, and what is outside of the project', () => {
    files('a.c', 'program');
    const build = readOwnBuild(tree, [
      ran('gcc -c -o probe.o a.c'),
      ran('gcc -E a.c'),
      ran('gcc -o /dev/null a.c'),
      ran('gcc -o program a.c /usr/lib/crt1.o'),
    ]);
    expect(build.units).toEqual([]);
    expect(build.products).toEqual([{ path: 'program', inputs: ['a.c'] }]);
  });
});
