import { expect, it } from 'vitest';
import { createManualClock } from '../../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../../testing/fakes/memory-files.ts';
import { createRecordingCommands } from '../../testing/fakes/recording-commands.ts';
import type { Machine } from './command-trace.ts';
import { planOfNinja } from './ninja-plan.ts';

/** A project in /project whose build.ninja is in build/, and which has been built by nobody. */
async function planOf(
  lines: readonly string[],
  onDisk: Readonly<Record<string, string>>,
  database: readonly object[] = [],
) {
  const files = createMemoryFiles(createManualClock(), { 'build/build.ninja': 'include rules.ninja\n', ...onDisk });
  const answers: Readonly<Record<string, string>> = {
    '-t commands': lines.join('\n'),
    '-t compdb': JSON.stringify(database),
    '-t query gen/t.c': 'gen/t.c:\n  input: CUSTOM_COMMAND\n    ../t.y\n    tool\n  outputs:\n    t.o\n',
  };
  const commands = createRecordingCommands(({ args }) => {
    const stdout = answers[args.join(' ')];
    return stdout === undefined ? { exitCode: 1 } : { stdout };
  });
  const local = (path: string) => path.replace('/project/', '') as never;
  const machine: Machine = {
    read: (path) => files.read(local(path))?.toString('utf8'),
    exists: (path) => files.stat(local(path)) !== undefined,
    isDirectory: () => false,
    which: (name) => `/usr/bin/${name}`,
  };
  const ports = { files, commands: { ...commands, which: () => ['/usr/bin/ninja'] }, machine };
  const read = await planOfNinja(ports, '/project/build', new AbortController().signal);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}

// CMake 3.25 of a library and a program, shortened.
const cmake = [
  '/usr/bin/c++ -Dy_EXPORTS -I/project/include -fPIC -std=gnu++11 -MD -MT CMakeFiles/y.dir/src/tag.cpp.o -MF CMakeFiles/y.dir/src/tag.cpp.o.d -o CMakeFiles/y.dir/src/tag.cpp.o -c /project/src/tag.cpp',
  ': && /usr/bin/c++ -fPIC    -shared -Wl,-soname,liby.so.0.8 -o liby.so.0.8.0 CMakeFiles/y.dir/src/tag.cpp.o   && :',
  '/usr/bin/cmake -E cmake_symlink_library liby.so.0.8.0  liby.so.0.8 liby.so && :',
  ': && /usr/bin/cmake -E rm -f util/libu.a && /usr/bin/ar qc util/libu.a  CMakeFiles/u.dir/u.c.o && /usr/bin/ranlib util/libu.a && :',
  '/usr/bin/cc  -O2 -MD -MT CMakeFiles/u.dir/u.c.o -MF CMakeFiles/u.dir/u.c.o.d -o CMakeFiles/u.dir/u.c.o -c /project/u.c',
  ': && /usr/bin/cmake -E rm -f util/libu.a && /usr/bin/ar qc util/libu.a  CMakeFiles/u.dir/u.c.o && /usr/bin/ranlib util/libu.a && :',
  '/usr/bin/c++  -I/project/include -std=gnu++11 -MD -MT util/CMakeFiles/read.dir/read.cpp.o -MF util/CMakeFiles/read.dir/read.cpp.o.d -o util/CMakeFiles/read.dir/read.cpp.o -c /project/util/read.cpp',
  ': && /usr/bin/c++   util/CMakeFiles/read.dir/read.cpp.o -o util/read  -Wl,-rpath,/project/build  liby.so.0.8.0  util/libu.a && :',
];
const sources = { 'src/tag.cpp': '', 'u.c': '', 'util/read.cpp': '' };

it('is what a recorded build of the same commands would be', async () => {
  const { plan, compilers } = await planOf(cmake, sources);
  expect(plan).toMatchObject({
    command: ['ninja', '-C', 'build'],
    objects: {
      'build/CMakeFiles/u.dir/u.c.o': { source: 'u.c' },
      'build/CMakeFiles/y.dir/src/tag.cpp.o': { source: 'src/tag.cpp' },
      'build/util/CMakeFiles/read.dir/read.cpp.o': { source: 'util/read.cpp' },
    },
    notUnderstood: [],
  });
  expect(Object.values(plan.options)).toContainEqual({
    language: 'c++',
    directory: 'build',
    flags: ['-Dy_EXPORTS', '-I../include', '-fPIC', '-std=gnu++11'],
  });
  expect(plan.products).toMatchObject([
    { name: 'liby.so.0.8.0', form: 'shared-library', target: true, names: ['liby.so', 'liby.so.0.8'] },
    { name: 'libu.a', form: 'static-library', target: false, inputs: ['build/CMakeFiles/u.dir/u.c.o'] },
    {
      name: 'read',
      path: 'build/util/read',
      form: 'executable',
      tool: 'c++',
      directory: 'build',
      inputs: ['build/util/CMakeFiles/read.dir/read.cpp.o', 'liby.so.0.8.0', 'libu.a'],
      arguments: ['util/CMakeFiles/read.dir/read.cpp.o', '-Wl,-rpath-link,.', 'liby.so.0.8.0', 'util/libu.a'],
    },
  ]);
  expect([...compilers.keys()]).toEqual(['/usr/bin/c++', '/usr/bin/cc']);
});

// Meson 1.7: a thin archive by a response file, a program that has its libraries' libraries found, a script.
const meson = [
  'cc -Ilib/libx.so.1.p -I../lib -fPIC -MD -MQ lib/libx.so.1.p/x.c.o -MF lib/libx.so.1.p/x.c.o.d -o lib/libx.so.1.p/x.c.o -c ../lib/x.c',
  'cc  -o lib/libx.so.1.2 lib/libx.so.1.p/x.c.o -Wl,--as-needed -shared -fPIC -Wl,-soname,libx.so.1 -Wl,--version-script,../lib/x.map',
  'cc -fPIC -o z.o -c ../z.c',
  'cc  -o libz.so z.o -shared -fPIC lib/libx.so.1.2',
  'cc -o main.o -c ../main.c',
  'rm -f libm1.a && gcc-ar csrDT @libm1.a.rsp',
  "cc  -o main main.o '-Wl,-rpath,$ORIGIN/lib' -Wl,-rpath-link,/project/build/lib -L. -lz -Wl,--start-group libm1.a -Wl,--end-group -lm",
];

it('finds what linkers would look for', async () => {
  const archive = meson[5]!;
  const database = (command: string) => ({ directory: '/project/build', file: 'main.o', output: 'libm1.a', command });
  const { plan } = await planOf(
    [...meson.slice(0, 5), archive.replace('@libm1.a.rsp', 'libm1.a main.o'), meson[6]!],
    { 'lib/x.c': '', 'z.c': '', 'main.c': '', 'lib/x.map': '' },
    [database(archive)],
  );
  expect(plan.products).toMatchObject([
    { name: 'libx.so.1.2', files: ['lib/x.map'], names: ['libx.so.1'] },
    { name: 'libz.so', inputs: ['build/z.o', 'libx.so.1.2'] },
    { name: 'libm1.a', inputs: ['build/main.o'] },
    {
      name: 'main',
      inputs: ['build/main.o', 'libm1.a', 'libz.so', 'libx.so.1.2'],
      aliases: { 'build/lib/libx.so.1': 'libx.so.1.2' },
    },
  ]);
  expect(plan.notUnderstood).toEqual([]);
});

it('names what is generated, what makes it, and what has to be made first', async () => {
  const generate = './tool ../t.y > gen/t.c';
  const { plan } = await planOf(
    ['cc -c ../tool.c -o tool.o', 'cc tool.o -o tool', generate, 'cc -c gen/t.c -o t.o', 'cc t.o -o prog'],
    { 'tool.c': '', 't.y': 'grammar' },
    [{ directory: '/project/build', file: '../t.y', output: 'gen/t.c', command: generate }],
  );
  expect(plan.generators).toMatchObject([{ products: ['tool'], outputs: ['build/gen/t.c'] }]);
  expect(Object.keys(plan.generators[0]!.inputs)).toEqual(['t.y']);
  expect(Object.keys(plan.definition)).toEqual(['build/build.ninja']);
  expect(plan.notUnderstood).toMatchObject([
    { problem: 'build/gen/t.c, which the build has yet to make: run it once (ninja -C build)' },
  ]);
});

it('reports commands that only a shell could read, where steps may be in them', async () => {
  const lines = [
    'cc -c ../a.c -o a.o',
    'cc a.o -o prog',
    'cc -c ../b.c -o b.o | tee log',
    'for x in *; do echo $x; done',
  ];
  const { plan } = await planOf(lines, { 'a.c': '', 'b.c': '' });
  expect(plan.notUnderstood).toEqual([
    {
      problem: 'a shell has to run it: it is more than one program after another',
      command: ['cc -c ../b.c -o b.o | tee log'],
      directory: 'build',
      targets: [],
    },
  ]);
});

it('belongs to a database of which it makes something', async () => {
  const { makesAnyOf } = await planOf(cmake, sources);
  const entry = (output: string) => ({
    directory: '/project/build',
    file: '/project/u.c',
    output: undefined,
    command: `cc -c /project/u.c -o ${output}`,
  });
  expect(makesAnyOf([entry('CMakeFiles/u.dir/u.c.o')], '/project/build')).toBe(true);
  expect(makesAnyOf([entry('u.o')], '/project/build')).toBe(false);
  expect(makesAnyOf([], '/project/build')).toBe(true);
});
