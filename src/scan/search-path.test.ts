import { describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import { candidatesOf, forcedCandidatesOf, searchPathOf } from './search-path.ts';

const includer = trustedProjectPath('src/lib/a.c');
const candidates = (operand: string, flags: readonly string[], directory?: string): readonly string[] =>
  candidatesOf(
    operand,
    includer,
    searchPathOf({ flags, ...(directory === undefined ? {} : { directory: trustedProjectPath(directory) }) }),
  );

describe('where a file is looked for', () => {
  const flags = ['-idirafter', 'after', '-isystemsys', '-I', 'inc', '-iquoteown', '-O2', '-Idir/../inc2/.'];

  it('is for quotes the own directory, then each kind of directory in its order', () => {
    expect(candidates('"x.h"', flags)).toEqual([
      ...['src/lib/x.h', 'own/x.h', 'inc/x.h', 'inc2/x.h', 'sys/x.h', 'after/x.h'],
    ]);
  });

  it('is for angles the directories without the own ones', () => {
    expect(candidates('<d/x.h>', flags)).toEqual(['inc/d/x.h', 'inc2/d/x.h', 'sys/d/x.h', 'after/d/x.h']);
  });

  it('is the project itself where a flag says so, and nothing outside', () => {
    expect(candidates('<x.h>', ['-I.', '-I/usr/include', '-Isub'])).toEqual(['x.h', 'sub/x.h']);
    expect(candidates('"../../../x.h"', ['-Isub/deep'])).toEqual([]);
    expect(candidates('</usr/include/x.h>', ['-I.'])).toEqual([]);
  });

  it('is below the directory in which the compiler runs', () => {
    expect(candidates('<x.h>', ['-Iinc', '-I..', '-I../../up'], 'build/obj')).toEqual([
      ...['build/obj/inc/x.h', 'build/x.h', 'up/x.h'],
    ]);
    expect(candidates('<x.h>', ['-I../../..', '-I../..'], 'build/obj')).toEqual(['x.h']);
  });

  it('is a directory of the system once, where it is another too', () => {
    expect(candidates('<x.h>', ['-Isys', '-Iinc', '-Iinc', '-isystem', 'sys'])).toEqual(['inc/x.h', 'sys/x.h']);
  });

  it('is for a forced include the directory of the compiler first', () => {
    const search = searchPathOf({ flags: ['-include', 'f.h', '-imacrosm.h', '-Iinc', '-iquote', 'own'] });
    expect(search.forced).toEqual(['f.h', 'm.h']);
    expect(forcedCandidatesOf('f.h', search)).toEqual(['f.h', 'own/f.h', 'inc/f.h']);
  });

  it.each(['-Wp,-I,dir', '--include=x.h', '--sysroot', '-isysroot', '-iprefix', '-B', '-I-'])(
    'is not known under %s',
    (flag) => {
      expect(searchPathOf({ flags: [flag] }).isUnforeseeable).toBe(true);
    },
  );

  it('knows what the command line defines', () => {
    const { definitions } = searchPathOf({ flags: ['-DHAS(x)=__has_include(x)', '-D', 'A=1=2', '-DB'] });
    expect(definitions).toBe('#define HAS(x) __has_include(x)\n#define A 1=2\n#define B\n');
  });

  it('hangs on directories that a flag leaves again', () => {
    expect(searchPathOf({ flags: ['-Ia/../b'] }).leadsUp).toBe(true);
    expect(searchPathOf({ flags: ['-Ia/..b'] }).leadsUp).toBe(false);
  });
});
