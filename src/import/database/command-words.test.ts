import { describe, expect, it } from 'vitest';
import { entryProgram, programsOf } from './command-words.ts';

const argvOf = (text: string) => {
  const read = entryProgram(text, '/p/build');
  return read.ok ? read.value.argv : read.failure.problem;
};

describe('the command of an entry', () => {
  it.each<readonly [text: string, argv: readonly string[] | string]>([
    [
      String.raw`/usr/bin/cc -DV=\"1.0\" '-DW="a b"' "-DX=\$" -c a\ b.c`,
      ['/usr/bin/cc', '-DV="1.0"', '-DW="a b"', '-DX=$', '-c', 'a b.c'],
    ],
    // What the format says stands for itself, and a shell would look up.
    ['cc -Wl,-rpath,$ORIGIN -DX=(1) -DY=* -c a.c', ['cc', '-Wl,-rpath,$ORIGIN', '-DX=(1)', '-DY=*', '-c', 'a.c']],
    [String.raw`cc '-DX=\n' "-DY=\\" -DZ=$X -c a.c`, ['cc', String.raw`-DX=\n`, '-DY=\\', '-DZ=$X', '-c', 'a.c']],
    ['cc -c a.c | tee log', 'pipe'],
    ['cc `pkg-config --cflags x` -c a.c', 'substitution'],
    ['cc -c a.c && cc -c b.c', 'missing-command'],
    ['cc "-c', 'unfinished-quote'],
    ['cc $X "-c', 'unfinished-quote'],
    ['', 'missing-command'],
  ])('%s', (text, argv) => {
    expect(argvOf(text)).toEqual(argv);
  });

  it('may change its directory and its environment', () => {
    expect(entryProgram('cd ../src && CPATH=inc cc -c a.c', '/p/build')).toEqual({
      ok: true,
      value: { argv: ['cc', '-c', 'a.c'], directory: '/p/src', environment: { CPATH: 'inc' } },
    });
  });
});

describe('the programs of a command line', () => {
  // As CMake 3.25 has ninja make a static library.
  it('are those that do something, each where it runs', () => {
    const text =
      ': && /usr/bin/cmake -E rm -f x.a && cd sub && /usr/bin/ar qc ../x.a  a.o && /usr/bin/ranlib ../x.a && :';
    expect(programsOf(text, '/p/build')).toEqual({
      ok: true,
      value: [
        { argv: ['/usr/bin/cmake', '-E', 'rm', '-f', 'x.a'], directory: '/p/build', environment: {} },
        { argv: ['/usr/bin/ar', 'qc', '../x.a', 'a.o'], directory: '/p/build/sub', environment: {} },
        { argv: ['/usr/bin/ranlib', '../x.a'], directory: '/p/build/sub', environment: {} },
      ],
    });
  });

  it('keep what was set for all of them', () => {
    expect(programsOf('CPATH=a; B=c cc -c a.c; true', '/p')).toEqual({
      ok: true,
      value: [{ argv: ['cc', '-c', 'a.c'], directory: '/p', environment: { CPATH: 'a', B: 'c' } }],
    });
  });
});
