import { describe, expect, it } from 'vitest';
import { fileActions } from './file-programs.ts';

const actions = (command: string) =>
  fileActions({ argv: command.split(' '), directory: '/p/build' }, (path) => path === '/p/build/out');

describe('programs that move files about', () => {
  it.each([
    [
      '/usr/bin/cmake -E cmake_symlink_library liba.so.1.2 liba.so.1 liba.so',
      ['liba.so.1 -> liba.so.1.2', 'liba.so -> liba.so.1'],
    ],
    ['cmake -E cmake_symlink_library lib/liba.so.1 lib/liba.so.1 lib/liba.so', ['lib/liba.so -> liba.so.1']],
    ['cmake -E cmake_symlink_executable tool-1 tool', ['tool -> tool-1']],
    ['cmake -E create_symlink ../x.so out', ['out/x.so -> ../x.so']],
    ['cmake -E copy_if_different a b', ['copy a b']],
    ['cmake -E rename a b', ['rename a b']],
    ['cmake -E rm -f x.a', ['remove x.a']],
    ['cmake -E touch x', []],
    ['ln -sf x y', ['y -> x']],
    ['ln x y', ['copy x y']],
    ['cp -p a sub/b out', ['copy a out/a', 'copy sub/b out/b']],
    ['install -m 755 a out', ['copy a out/a']],
    ['mv a b', ['rename a b']],
    ['rm -f a b', ['remove a', 'remove b']],
    ['cp', []],
    ['cc -c a.c', []],
  ])('%s', (command, expected) => {
    const short = (path: string) => path.replace('/p/build/', '');
    const shown = actions(command).map((action) => {
      if (action.kind === 'symlink') return `${short(action.path)} -> ${action.target}`;
      if (action.kind === 'remove') return `remove ${short(action.path)}`;
      return `${action.kind} ${short(action.from)} ${short(action.to)}`;
    });
    expect(shown).toEqual(expected);
  });
});
