import { describe, expect, it } from 'vitest';
import { compilerFlagProblems, linkerFlagProblems } from './flag-rules.ts';

describe('compiler flags', () => {
  it.each([
    [['-O2', '-g', '-Wall', '-std=c99', '-fno-strict-aliasing', '-pthread']],
    [['-Ithird/party', '-I', 'third', '-I/usr/include/x', '-Ia/../b', '-I.']],
    [['-include', 'config.h', '-imacros', 'src/m.h', '-includesrc/config.h', '-isystem', '/usr/include']],
    [['-DGREETING="a -b"', '-DX=a -b', '-Dopt=-o']],
    [['-Ofast', '-Og', '-Wno-error', '-Wp,-D_FORTIFY_SOURCE=2']],
  ])('%j are fine', (flags) => {
    expect(compilerFlagProblems(flags)).toEqual([]);
  });

  it.each([
    ['-o', /output/],
    ['-ofoo.o', /output/],
    ['--output=x', /output/],
    ['-c', /kind/],
    ['-E', /kind/],
    ['-S', /kind/],
    ['--compile', /kind/],
    ['-M', /dependencies/],
    ['-MMD', /dependencies/],
    ['-MF', /dependencies/],
    ['-Wp,-MD,x.d', /dependencies/],
    ['-Wp,-DX,-MD,x.d', /dependencies/],
    ['--dependencies', /dependencies/],
    ['@flags.rsp', /write them here/],
    ['-I../up', /out of the project/],
    ['-I..', /out of the project/],
    ['-Ia/../../b', /out of the project/],
    ['-include../x.h', /out of the project/],
    ['-isystem../x', /out of the project/],
    ['-I', /needs a path/],
    ['-O2 -g', /each its own/],
  ])('%j is refused', (flag, problem) => {
    const found = compilerFlagProblems(['-O2', flag]);
    expect(found).toEqual([{ index: 1, problem: expect.stringMatching(problem) as string }]);
    expect(found[0]!.problem).toContain(`"${flag}"`);
  });

  it.each(['-I', '-iquote', '-isystem', '-idirafter', '-include', '-imacros'])(
    'refuses %s with an outside path in the next flag',
    (flag) => {
      expect(compilerFlagProblems(['-g', flag, '../x', '-O2'])).toEqual([
        { index: 1, problem: expect.stringContaining(`"${flag} ../x"`) as string },
      ]);
    },
  );
});

describe('linker flags', () => {
  it('are mostly fine', () => {
    expect(linkerFlagProblems(['-Wl,-E', '-static', '-Llib', '-L/opt/lib', '-pthread', '-Wl,-rpath,$ORIGIN'])).toEqual(
      [],
    );
  });

  it.each([
    ['-lm', /"libs"/],
    ['-L../lib', /out of the project/],
    ['-ofoo', /output/],
    ['@x', /write them here/],
  ])('%j is refused', (flag, problem) => {
    expect(linkerFlagProblems([flag])).toEqual([{ index: 0, problem: expect.stringMatching(problem) as string }]);
  });
});
