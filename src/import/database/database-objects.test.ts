import { expect, it } from 'vitest';
import { createManualClock } from '../../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../../testing/fakes/memory-files.ts';
import type { Machine } from './command-trace.ts';
import { databaseObjects } from './database-objects.ts';
import type { DatabaseEntry } from './entries.ts';

const files = createMemoryFiles(createManualClock(), {
  'src/a.c': '',
  'src/b.cpp': '',
  'build/flags.rsp': '-I../include @more.rsp',
  'build/more.rsp': '"-DX=a b"',
});
const machine: Machine = {
  read: (path) => files.read(path.replace('/project/', '') as never)?.toString('utf8'),
  exists: () => false,
  isDirectory: () => false,
  which: () => undefined,
};

const entry = (command: string | readonly string[], more: Partial<DatabaseEntry> = {}): DatabaseEntry => ({
  directory: '/project/build',
  file: '../src/a.c',
  output: undefined,
  command,
  ...more,
});

const read = (...entries: readonly DatabaseEntry[]) =>
  databaseObjects(files.root, entries, '/project/build', machine).plan;

it('makes a step of each compile, with paths that hold everywhere', () => {
  expect(
    read(
      entry('/usr/bin/cc -I/project/include -MD -MF a.d -o a.o -c ../src/a.c'),
      entry(['ccache', 'c++', '-std=c++17', '-c', '/project/src/b.cpp'], {
        file: '/project/src/b.cpp',
        output: 'x/b.o',
      }),
    ),
  ).toEqual({
    options: {
      build: { language: 'c', directory: 'build', flags: ['-I../include'] },
      'build 2': { language: 'c++', directory: 'build', flags: ['-std=c++17'] },
    },
    objects: {
      'build/a.o': { source: 'src/a.c', options: 'build' },
      'build/x/b.o': { source: 'src/b.cpp', options: 'build 2' },
    },
    notUnderstood: [],
  });
});

it('starts relative directories from its own, and names an object that has no name', () => {
  const { objects, options } = read(entry('cc src/a.c', { directory: '..', file: 'src/a.c' }));
  expect(objects).toEqual({ 'a.o': { source: 'src/a.c', options: '.' } });
  expect(options).toEqual({ '.': { language: 'c', flags: [] } });
});

it('keeps every way to compile a file, and says the same once', () => {
  const { objects, options } = read(
    entry('cc -c ../src/a.c'),
    entry('cc -c ../src/a.c'),
    entry('cc -DTEST -c ../src/a.c'),
    entry('cc -fPIC -c ../src/a.c -o pic/a.o'),
  );
  const made = Object.entries(objects).map(([name, object]) => [name, object.source, options[object.options]?.flags]);
  expect(made).toEqual([
    ['build/a.o', 'src/a.c', []],
    ['build/a.o~2', 'src/a.c', ['-DTEST']],
    ['build/pic/a.o', 'src/a.c', ['-fPIC']],
  ]);
});

it('reads response files', () => {
  const { options, notUnderstood } = read(entry('cc @flags.rsp -c ../src/a.c'), entry('cc @none.rsp -c ../src/a.c'));
  expect(options).toEqual({ build: { language: 'c', directory: 'build', flags: ['-I../include', '-DX=a b'] } });
  expect(notUnderstood).toMatchObject([{ problem: 'the response file none.rsp is not there' }]);
});

it('says what cannot be a step, and why', () => {
  const { objects, notUnderstood } = read(
    entry('frobnicate -c ../src/a.c'),
    entry('cc -c ../src/a.c | tee log'),
    entry('cc -c other.c'),
    entry('cc -fsyntax-only ../src/a.c'),
    entry('cc -c ../src/a.h', { file: '../src/a.h' }),
    entry([]),
    entry('cc -c x.c', { directory: '/elsewhere', file: 'x.c' }),
    entry('cc -c /usr/src/y.c', { file: '/usr/src/y.c' }),
    entry('cc -c /project/src/a.c', { directory: '/elsewhere', file: '/project/src/a.c' }),
  );
  expect(objects).toEqual({});
  expect(notUnderstood.map(({ problem }) => problem)).toEqual([
    'files that are not in the project: x.c, /usr/src/y.c',
    'frobnicate is not called as a compiler that makenix knows',
    'a shell has to run it: it is more than one program after another',
    'its command does not compile ../src/a.c',
    'cc is not called as a compiler that makenix knows',
    '../src/a.h is a header',
    'it has no command',
    'it runs in /elsewhere, which is not in the project',
  ]);
  expect(notUnderstood[1]).toEqual({
    problem: 'frobnicate is not called as a compiler that makenix knows',
    command: ['frobnicate -c ../src/a.c'],
    directory: 'build',
    targets: [],
  });
});
