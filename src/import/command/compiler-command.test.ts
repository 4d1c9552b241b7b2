import { describe, expect, it } from 'vitest';
import { parseCompilerCommand } from './compiler-command.ts';
import type { CompilerCommand } from './compiler-command.ts';
import { printLinkWords } from './link-words.ts';

const parse = (line: string): CompilerCommand => parseCompilerCommand(line.trim().split(/\s+/));

const objects = (index: number): string => `<${index}>`;

/** What a test wants to say of a command; what it leaves out is as in `gcc`. */
interface Expected {
  readonly action?: CompilerCommand['action'];
  readonly sources?: readonly string[];
  readonly objects?: readonly string[];
  readonly output?: string;
  readonly compile?: string;
  readonly link?: string;
  readonly form?: CompilerCommand['form'];
  readonly soname?: string;
  readonly dependencies?: string;
}

const summary = (command: CompilerCommand): Expected => ({
  action: command.action,
  sources: command.inputs.filter(({ kind }) => kind === 'source').map(({ path }) => path),
  objects: command.inputs.filter(({ kind }) => kind === 'object').map(({ path }) => path),
  ...(command.output === undefined ? {} : { output: command.output }),
  compile: command.compileFlags.join(' '),
  link: printLinkWords(command.linkWords, objects).join(' '),
  form: command.form,
  ...(command.soname === undefined ? {} : { soname: command.soname }),
  ...(command.dependencyFile === undefined ? {} : { dependencies: command.dependencyFile }),
});

const blank: Expected = { action: 'compile', sources: [], objects: [], compile: '', link: '', form: 'executable' };

const real: readonly (readonly [tool: string, line: string, expected: Expected])[] = [
  [
    'CMake, a compile',
    '/usr/bin/c++ -DX -I/abs/include -O3 -MD -MT CMakeFiles/a.dir/a.cpp.o -MF CMakeFiles/a.dir/a.cpp.o.d -o CMakeFiles/a.dir/a.cpp.o -c /abs/a.cpp',
    {
      sources: ['/abs/a.cpp'],
      output: 'CMakeFiles/a.dir/a.cpp.o',
      compile: '-DX -I/abs/include -O3',
      dependencies: 'CMakeFiles/a.dir/a.cpp.o.d',
    },
  ],
  [
    'CMake, a program',
    '/usr/bin/c++ -O3 -Wl,--dependency-file=CMakeFiles/p.dir/link.d CMakeFiles/p.dir/a.cpp.o -o prog -Wl,-rpath,/abs/build: libx.so ../liby.a -lz',
    {
      action: 'link',
      objects: ['CMakeFiles/p.dir/a.cpp.o', 'libx.so', '../liby.a'],
      output: 'prog',
      compile: '-O3',
      link: '-O3 CMakeFiles/p.dir/a.cpp.o -Wl,-rpath,/abs/build: libx.so ../liby.a -lz',
    },
  ],
  [
    'CMake, a shared library',
    '/usr/bin/cc -fPIC -O2 -shared -Wl,-soname,libx.so.1 -o libx.so.1.2 CMakeFiles/x.dir/x.c.o',
    {
      action: 'link',
      objects: ['CMakeFiles/x.dir/x.c.o'],
      output: 'libx.so.1.2',
      compile: '-fPIC -O2',
      link: '-fPIC -O2 -shared -Wl,-soname,libx.so.1 CMakeFiles/x.dir/x.c.o',
      form: 'shared-library',
      soname: 'libx.so.1',
    },
  ],
  [
    'CMake, a precompiled header',
    '/usr/bin/c++ -O2 -Winvalid-pch -x c++-header -include /b/cmake_pch.hxx -MD -MT p.gch -MF p.gch.d -o p.gch -c /b/cmake_pch.hxx.cxx',
    {
      action: 'precompile-header',
      sources: ['/b/cmake_pch.hxx.cxx'],
      output: 'p.gch',
      compile: '-O2 -Winvalid-pch -include /b/cmake_pch.hxx',
      dependencies: 'p.gch.d',
    },
  ],
  [
    'Meson, a compile',
    'c++ -Iprog.p -I. -I.. -fdiagnostics-color=always -D_FILE_OFFSET_BITS=64 -Wall -O0 -g -MD -MQ x.o -MF x.o.d -o x.o -c ../a.cpp',
    {
      sources: ['../a.cpp'],
      output: 'x.o',
      compile: '-Iprog.p -I. -I.. -fdiagnostics-color=always -D_FILE_OFFSET_BITS=64 -Wall -O0 -g',
      dependencies: 'x.o.d',
    },
  ],
  [
    'Meson, a link',
    'cc -o prog prog.p/a.c.o -Wl,--as-needed -Wl,--no-undefined -Wl,-rpath,$ORIGIN/ -Wl,-rpath-link,/b/ -Wl,--start-group liba.so libb.a /usr/lib/libz.so -pthread -lm -Wl,--end-group',
    {
      action: 'link',
      objects: ['prog.p/a.c.o', 'liba.so', 'libb.a', '/usr/lib/libz.so'],
      output: 'prog',
      compile: '-pthread',
      link: 'prog.p/a.c.o -Wl,--as-needed -Wl,--no-undefined -Wl,-rpath,$ORIGIN/ -Wl,-rpath-link,/b/ -Wl,--start-group liba.so libb.a /usr/lib/libz.so -pthread -lm -Wl,--end-group',
    },
  ],
  [
    'libtool, a compile',
    'gcc -DHAVE_CONFIG_H -I. -g -O2 -MT x.lo -MD -MP -MF .deps/x.Tpo -c x.c  -fPIC -DPIC -o .libs/x.o',
    {
      sources: ['x.c'],
      output: '.libs/x.o',
      compile: '-DHAVE_CONFIG_H -I. -g -O2 -fPIC -DPIC',
      dependencies: '.deps/x.Tpo',
    },
  ],
  [
    'libtool, a shared library',
    'gcc -shared  -fPIC -DPIC  .libs/a.o .libs/b.o   -g -O2   -Wl,-soname -Wl,libx.so.1 -Wl,-version-script -Wl,.libs/libx.ver -o .libs/libx.so.1.0.4',
    {
      action: 'link',
      objects: ['.libs/a.o', '.libs/b.o'],
      output: '.libs/libx.so.1.0.4',
      compile: '-fPIC -DPIC -g -O2',
      link: '-shared -fPIC .libs/a.o .libs/b.o -g -O2 -Wl,-soname -Wl,libx.so.1 -Wl,-version-script -Wl,.libs/libx.ver',
      form: 'shared-library',
      soname: 'libx.so.1',
    },
  ],
  [
    'Linux, a compile',
    'gcc -Wp,-MMD,kernel/.x.o.d -nostdinc -I./include -include ./include/linux/kconfig.h -D__KERNEL__ -fmacro-prefix-map=./= -mcmodel=kernel -Wa,-x -c -o kernel/x.o kernel/x.c',
    {
      sources: ['kernel/x.c'],
      output: 'kernel/x.o',
      compile:
        '-nostdinc -I./include -include ./include/linux/kconfig.h -D__KERNEL__ -fmacro-prefix-map=./= -mcmodel=kernel -Wa,-x',
      dependencies: 'kernel/.x.o.d',
    },
  ],
  [
    'a program straight from sources',
    'gcc -Wall -o prog a.c b.c -lm',
    {
      action: 'link',
      sources: ['a.c', 'b.c'],
      output: 'prog',
      compile: '-Wall',
      link: '<0> <1> -lm',
    },
  ],
  ['several sources', 'gcc -c a.c b.c', { sources: ['a.c', 'b.c'] }],
  [
    'sources and objects with -x between',
    'g++ -x c a.x -x none b.cc c.o -o prog',
    { action: 'link', sources: ['a.x', 'b.cc'], objects: ['c.o'], output: 'prog', link: '<0> <1> c.o' },
  ],
];

const odd: readonly (readonly [line: string, expected: Expected])[] = [
  ['gcc --version', { action: 'inspect' }],
  ['gcc -v', { action: 'inspect' }],
  ['gcc', { action: 'inspect' }],
  ['gcc -print-prog-name=ld', { action: 'inspect' }],
  ['gcc --print-file-name libc.so', { action: 'inspect' }],
  ['gcc -print-multiarch', { action: 'inspect' }],
  ['gcc -dumpmachine', { action: 'inspect' }],
  ['gcc -Wl,--version', { action: 'inspect' }],
  ['gcc -### -c a.c', { action: 'inspect', sources: ['a.c'] }],
  ['gcc -E -dM -xc /dev/null', { action: 'preprocess', sources: ['/dev/null'], compile: '-dM' }],
  ['gcc -c -E a.c -o a.i', { action: 'preprocess', sources: ['a.c'], output: 'a.i' }],
  ['gcc -M a.c', { action: 'preprocess', sources: ['a.c'] }],
  ['gcc -MM -MG -MT x a.c -o a.d', { action: 'preprocess', sources: ['a.c'], output: 'a.d', dependencies: 'a.d' }],
  ['gcc -E -MD a.c -o a.d', { action: 'preprocess', sources: ['a.c'], output: 'a.d', dependencies: 'a.d' }],
  ['gcc -S -c a.c', { action: 'assembly', sources: ['a.c'] }],
  ['gcc -c -fsyntax-only a.c', { action: 'syntax', sources: ['a.c'] }],
  ['gcc x.h', { action: 'precompile-header', sources: ['x.h'] }],
  ['gcc -c a.o', { objects: ['a.o'] }],
  ['gcc -x c -c -', { sources: ['-'] }],
  ['gcc -c a.S', { sources: ['a.S'] }],
  ['gcc a.c b.h', { action: 'link', sources: ['a.c', 'b.h'], link: '<0>' }],
  ['gcc a.weird', { action: 'link', objects: ['a.weird'], link: 'a.weird' }],
  // Operands, joined and not, and what only looks like one.
  [
    'gcc -c a.c -oa.o -I inc -D X=1 -U Y -include a.h',
    { sources: ['a.c'], output: 'a.o', compile: '-I inc -D X=1 -U Y -include a.h' },
  ],
  [
    'gcc -c a.c --output=b.o --include-directory=i --define-macro D',
    { sources: ['a.c'], output: 'b.o', compile: '--include-directory=i --define-macro D' },
  ],
  ['gcc -D -c a.c', { action: 'link', sources: ['a.c'], compile: '-D -c', link: '<0>' }],
  [
    'gcc -undef -c a.c --param max-x=3 -Xassembler -L',
    { sources: ['a.c'], compile: '-undef --param max-x=3 -Xassembler -L' },
  ],
  ['gcc -c -o a.o -o b.o a.c', { sources: ['a.c'], output: 'b.o' }],
  ['gcc -c -pipe -save-temps=obj -v -time a.c', { sources: ['a.c'] }],
  [
    'gcc -c a.c -L. -lm -shared -Wl,-x -Xlinker -y -u main -z now -T x -nostdlib',
    { sources: ['a.c'], form: 'shared-library' },
  ],
  [
    'clang -target arm-linux -Xclang -load -Xclang p.so -c a.c',
    { sources: ['a.c'], compile: '-target arm-linux -Xclang -load -Xclang p.so' },
  ],
  ['clang -c -- -a.c', { sources: ['./-a.c'] }],
  // Where dependencies go when nothing says so.
  ['gcc -MMD -c d/a.c -o o/a.x.o', { sources: ['d/a.c'], output: 'o/a.x.o', dependencies: 'o/a.x.d' }],
  ['gcc -MD -c d/a.c', { sources: ['d/a.c'], dependencies: 'a.d' }],
  ['gcc -MD -c a.c b.c', { sources: ['a.c', 'b.c'] }],
  [
    'gcc -MD a.c -o d/prog',
    { action: 'link', sources: ['a.c'], output: 'd/prog', link: '<0>', dependencies: 'd/prog.d' },
  ],
  ['gcc -MD a.c', { action: 'link', sources: ['a.c'], link: '<0>', dependencies: 'a-a.d' }],
  ['gcc -MFa.d -MD -MTx -MQy -c a.c', { sources: ['a.c'], dependencies: 'a.d' }],
  ['gcc -Wp,-MD,a.d,-DX,-MTx -Wp,-MP -c a.c', { sources: ['a.c'], compile: '-Wp,-DX', dependencies: 'a.d' }],
  [
    'gcc -Xpreprocessor -MD -Xpreprocessor a.d -Xpreprocessor -DX -c a.c',
    { sources: ['a.c'], compile: '-Xpreprocessor -DX', dependencies: 'a.d' },
  ],
  // Links.
  [
    'gcc -r -o all.o a.o b.o',
    { action: 'link', objects: ['a.o', 'b.o'], output: 'all.o', link: '-r a.o b.o', form: 'object' },
  ],
  [
    'gcc -Wl,-r,-o,all.o a.o',
    { action: 'link', objects: ['a.o'], output: 'all.o', link: '-Wl,-r a.o', form: 'object' },
  ],
  ['gcc -Wl,-shared a.o', { action: 'link', objects: ['a.o'], link: '-Wl,-shared a.o', form: 'shared-library' }],
  [
    'gcc -shared -Wl,-h,x.so a.o',
    { action: 'link', objects: ['a.o'], link: '-shared -Wl,-h,x.so a.o', form: 'shared-library', soname: 'x.so' },
  ],
  [
    'gcc -shared -Wl,-soname=x.so a.o',
    { action: 'link', objects: ['a.o'], link: '-shared -Wl,-soname=x.so a.o', form: 'shared-library', soname: 'x.so' },
  ],
  [
    'gcc -shared -Xlinker -soname -Xlinker x.so a.o',
    {
      action: 'link',
      objects: ['a.o'],
      link: '-shared -Xlinker -soname -Xlinker x.so a.o',
      form: 'shared-library',
      soname: 'x.so',
    },
  ],
  [
    'gcc -I. -DX -include a.h -Wall -O2 a.o -flto -Wodr',
    {
      action: 'link',
      objects: ['a.o'],
      compile: '-I. -DX -include a.h -Wall -O2 -flto -Wodr',
      link: '-Wall -O2 a.o -flto -Wodr',
    },
  ],
];

describe('a compiler command', () => {
  it.each(real)('of %s', (_, line, expected) => {
    expect(summary(parse(line))).toEqual({ ...blank, ...expected });
  });

  it.each(odd)('%s', (line, expected) => {
    expect(summary(parse(line))).toEqual({ ...blank, ...expected });
  });

  it('takes names with blanks and quotes as they are', () => {
    const { inputs, output, compileFlags } = parseCompilerCommand([
      'cc',
      '-c',
      "it's a.c",
      '-o',
      'a "b".o',
      '-DS="x y"',
    ]);
    expect(inputs.map(({ path }) => path)).toEqual(["it's a.c"]);
    expect(output).toBe('a "b".o');
    expect(compileFlags).toEqual(['-DS="x y"']);
  });
});
