import { describe, expect, it } from 'vitest';
import { unsafeFlags } from './unsafe-flags.ts';

describe('flags that are not for a compiler outside of a sandbox', () => {
  it.each([
    ['-wrapper', 'touch,x'],
    ['-B', 'tools'],
    ['-Btools/'],
    ['-B/proc/self/cwd/tools'],
    ['-B/usr/../home/me/tools'],
    ['--prefix=tools'],
    ['-specs=my.specs'],
    ['-specs', 'my.specs'],
    ['--specs=./my.specs'],
    ['-fplugin=./evil.so'],
    ['-fplugin=tools/evil.so'],
    ['-fplugin=evil.so'],
    ['-iplugindir=tools'],
    ['-fmodule-mapper=|touch x'],
    ['-fpass-plugin=./evil.so'],
    ['--config=mine.cfg'],
    ['--gcc-toolchain=tools'],
    ['-Wp,-fplugin=./evil.so'],
  ])('%j is refused, for it runs something', (...flags) => {
    expect(unsafeFlags(['-O2', ...flags, '-g'])).toEqual([
      { index: 1, words: flags.length, problem: expect.stringContaining(flags.join(' ')) as string },
    ]);
  });

  it.each([
    ['-o/tmp/x'],
    ['-aux-info'],
    ['-fdump-tree-all=/tmp/x'],
    ['-fopt-info-all=/tmp/x'],
    ['-time=/tmp/x'],
    ['-dumpdir'],
    ['-Wa,-ahl=/tmp/x'],
    ['-Wa,-g,-o,/tmp/x'],
    ['-Wa,--MD,/tmp/x'],
    ['--for-assembler=-o/tmp/x'],
    ['-Wp,-MD,/tmp/x'],
    ['-MF/tmp/x'],
    ['-MMD'],
    ['-fdiagnostics-add-output=sarif:file=/tmp/x'],
    ['@file'],
    ['-Wa,@file'],
  ])('%j is refused, for it writes something, or says flags that nobody sees', (flag) => {
    expect(unsafeFlags([flag])).toEqual([
      { index: 0, words: 1, problem: expect.stringContaining(JSON.stringify(flag)) as string },
    ]);
  });

  it.each([
    [
      '-O2',
      '-g',
      '-Wall',
      '-D',
      'X',
      '-DA="@"',
      '-fno-plugin',
      '-I@at',
      '-fstack-usage',
      '--coverage',
      '-Wp,-D_FORTIFY_SOURCE=2',
    ],
    [
      '-specs=/usr/lib/rpm/redhat/redhat-hardened-cc1',
      '-fplugin=annobin',
      '-B/usr/lib/gold-ld/',
      '-Wa,--noexecstack',
      '-fopenmp',
    ],
    ['-march=native', '-Xassembler', '-L', '-fdebug-prefix-map=a=b', '-fmacro-prefix-map=a=b', '-time'],
  ])('%j and others are fine', (...flags) => {
    expect(unsafeFlags(flags)).toEqual([]);
  });
});
