import { describe, expect, it } from 'vitest';
import { isCompilerProper, toolOf } from './tool.ts';

/** The kind, and for compilers driver and family. */
function short(argv0: string, executable = argv0): string {
  const tool = toolOf(argv0, executable);
  return tool.kind === 'compiler' ? `${tool.driver} ${tool.family}` : tool.kind;
}

describe('a tool by its name', () => {
  it.each([
    [
      'c gcc',
      'gcc',
      '/usr/bin/gcc',
      'gcc-12',
      'gcc-12.2.0',
      'gcc12',
      'x86_64-linux-gnu-gcc-12',
      'gcc.real',
      '.gcc-wrapped',
    ],
    ['c gcc', 'afl-gcc', 'musl-gcc', 'c99-gcc', 'arm-none-eabi-gcc.exe', 'i686-w64-mingw32-gcc-10-posix-gcc'],
    ['c++ gcc', 'g++', 'g++-12', 'aarch64-linux-gnu-g++', 'arm-none-eabi-g++.exe', '.g++-wrapped'],
    ['c clang', 'clang', 'clang-14', '/nix/store/x/bin/clang', 'afl-clang'],
    ['c++ clang', 'clang++', 'clang++-14', 'aarch64-linux-gnu-clang++'],
    ['c unknown', 'cc', 'c99', 'c89', '/usr/bin/cc', 'x86_64-linux-gnu-cc'],
    ['c++ unknown', 'c++', 'CC', 'x86_64-linux-gnu-c++'],
    ['ar', 'ar', 'gcc-ar', 'gcc-ar-12', 'llvm-ar-14', 'x86_64-linux-gnu-ar', 'x86_64-linux-gnu-gcc-ar-12'],
    ['ranlib', 'ranlib', 'gcc-ranlib', 'llvm-ranlib', 'riscv64-unknown-elf-ranlib'],
    ['ld', 'ld', 'ld.bfd', 'ld.gold', 'ld.lld', 'ld.lld-14', 'x86_64-linux-gnu-ld.bfd', 'mold', 'gold'],
    ['strip', 'strip', 'llvm-strip', 'arm-linux-gnueabihf-strip'],
    ['objcopy', 'objcopy', 'llvm-objcopy-14', 'arm-none-eabi-objcopy'],
    ['as', 'as', 'x86_64-linux-gnu-as'],
    ['libtool', 'libtool', './libtool', 'glibtool'],
    ['inspector', 'nm', 'gcc-nm', 'objdump', 'size', 'readelf', 'c++filt', 'llvm-nm-14', 'x86_64-linux-gnu-gcc-nm-12'],
    [
      'other',
      'clang-tidy',
      'clang-format-14',
      'g++-mapper-server',
      'llvm-as',
      'cpp',
      'tar',
      'bar',
      'gen-size',
      'run-as',
    ],
    ['other', 'test-ar', 'as31', 'ld-linux.so', 'mpicc', 'bash', 'ccache', 'gcc.sh', 'gcc.c', ''],
  ])('%s: %s', (kind, ...names) => {
    expect(names.map((name) => short(name))).toEqual(names.map(() => kind));
  });

  it.each([
    ['gcc', '/usr/bin/ccache', 'c gcc'],
    ['cc', '/usr/bin/x86_64-linux-gnu-gcc-12', 'c gcc'],
    ['c++', '/usr/bin/x86_64-linux-gnu-g++-12', 'c++ gcc'],
    ['c++', '/usr/lib/llvm-14/bin/clang', 'c++ clang'],
    ['gcc', '/usr/lib/llvm-14/bin/clang', 'c clang'],
    ['cc', '/bin/bash', 'c unknown'],
    ['anything', '/usr/bin/gcc', 'c gcc'],
    ['ld', '/usr/bin/x86_64-linux-gnu-ld.bfd', 'ld'],
  ])('%s that is %s', (argv0, executable, expected) => {
    expect(short(argv0, executable)).toBe(expected);
  });
});

describe('what only a driver starts', () => {
  it.each(['cc1', '/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus', 'collect2', 'lto1', 'lto-wrapper'])('%s', (name) => {
    expect(isCompilerProper(name)).toBe(true);
  });

  it('clang itself, by its first argument', () => {
    expect(isCompilerProper('/usr/bin/clang', ['clang', '-cc1', '-triple'])).toBe(true);
    expect(isCompilerProper('/usr/bin/clang', ['clang', '-c', '-cc1'])).toBe(false);
  });

  it.each(['as', 'ld', 'gcc', 'cc'])('not %s', (name) => {
    expect(isCompilerProper(name)).toBe(false);
  });
});
