import { describe, expect, it } from 'vitest';
import { parseArchiveCommand, parseRanlibCommand } from './archive-command.ts';
import type { ArchiveCommand } from './archive-command.ts';

const blank: ArchiveCommand = {
  operation: 'add',
  archive: 'x.a',
  members: [],
  isThin: false,
  letters: '',
  position: undefined,
  flags: [],
};

describe('a command of ar', () => {
  it.each<readonly [line: string, expected: Partial<ArchiveCommand>]>([
    ['ar rcs x.a a.o b.o', { letters: 'rcs', members: ['a.o', 'b.o'] }],
    ['ar -rcs x.a a.o', { letters: 'rcs', members: ['a.o'] }],
    ['ar qc x.a a.o', { letters: 'qc', members: ['a.o'] }],
    ['ar cruU x.a a.o', { letters: 'cruU', members: ['a.o'] }],
    ['ar -r -c -s x.a a.o', { letters: 'rcs', members: ['a.o'] }],
    ['/usr/bin/ar csrD x.a a.o', { letters: 'csrD', members: ['a.o'] }],
    ['ar rcsT x.a a.o', { letters: 'rcsT', members: ['a.o'], isThin: true }],
    ['ar --thin rcs x.a a.o', { letters: 'rcs', members: ['a.o'], isThin: true }],
    ['ar rc x.a a.o --thin', { letters: 'rc', members: ['a.o'], isThin: true }],
    ['ar --plugin p.so rc x.a a.o', { letters: 'rc', members: ['a.o'], flags: ['--plugin', 'p.so'] }],
    ['ar rc --target=elf64-little x.a a.o', { letters: 'rc', members: ['a.o'], flags: ['--target=elf64-little'] }],
    ['ar rb m.o x.a a.o', { letters: 'rb', position: 'm.o', members: ['a.o'] }],
    ['ar -ra m.o x.a a.o', { letters: 'ra', position: 'm.o', members: ['a.o'] }],
    ['ar dN 2 x.a a.o', { operation: 'delete', letters: 'dN', members: ['a.o'], flags: ['2'] }],
    ['ar rcs -l dep x.a a.o', { letters: 'rcs', members: ['a.o'], flags: ['-l', 'dep'] }],
    ['ar rc -- x.a -a.o', { letters: 'rc', members: ['-a.o'] }],
    ['ar s x.a', { operation: 'index', letters: 's' }],
    ['ar x x.a', { operation: 'extract', letters: 'x' }],
    ['ar xo x.a a.o', { operation: 'extract', letters: 'xo', members: ['a.o'] }],
    ['ar d x.a a.o', { operation: 'delete', letters: 'd', members: ['a.o'] }],
    ['ar m x.a a.o', { operation: 'move', letters: 'm', members: ['a.o'] }],
    ['ar tv x.a', { operation: 'list', letters: 'tv' }],
    ['ar p x.a a.o', { operation: 'list', letters: 'p', members: ['a.o'] }],
    ['ar -M', { operation: 'script', letters: 'M', archive: undefined }],
    ['ar --version', { operation: 'inspect', archive: undefined }],
    ['ar', { operation: 'inspect', archive: undefined }],
    ['llvm-ar -V', { operation: 'inspect', letters: 'V', archive: undefined }],
  ])('%s', (line, expected) => {
    expect(parseArchiveCommand(line.split(' '))).toEqual({ ...blank, ...expected });
  });
});

describe('a command of ranlib', () => {
  it.each([
    ['ranlib x.a', ['x.a']],
    ['ranlib -D x.a y.a', ['x.a', 'y.a']],
    ['gcc-ranlib --plugin p.so x.a', ['x.a']],
    ['ranlib --version', []],
    ['ranlib -v x.a', []],
  ])('%s', (line, expected) => {
    expect(parseRanlibCommand(line.split(' '))).toEqual(expected);
  });
});
