import { describe, expect, it } from 'vitest';
import { stripLaunchers } from './launcher.ts';

describe('launchers', () => {
  it.each<readonly [line: string, left: string, environment?: string]>([
    ['gcc -c a.c', 'gcc -c a.c'],
    ['ccache gcc -c a.c', 'gcc -c a.c'],
    ['/usr/bin/sccache /usr/bin/cc -c a.c', '/usr/bin/cc -c a.c'],
    ['ccache distcc g++ -c a.cc', 'g++ -c a.cc'],
    ['ccache compiler_check=content gcc -c a.c', 'gcc -c a.c'],
    ['icecc clang -c a.c', 'clang -c a.c'],
    ['env A=b C= cc -c a.c', 'cc -c a.c', 'A=b C='],
    ['env -u X --unset=Y A=b cc', 'cc', '-X -Y A=b'],
    ['env -- A=b cc', 'cc', 'A=b'],
    ['nice cc x', 'cc x'],
    ['nice -n 5 ionice -c2 -n 7 nohup cc x', 'cc x'],
    ['nice -n5 cc', 'cc'],
    ['nice -19 cc', 'cc'],
    ['time -p cc x', 'cc x'],
    ['/usr/bin/time -f %e -o log -v cc x', 'cc x'],
    ['cmake -E env A=b -- cc -c a.c', 'cc -c a.c', 'A=b'],
    ['cmake -E env --unset=A cc -c a.c', 'cc -c a.c', '-A'],
    ['cmake -E time cc -c a.c', 'cc -c a.c'],
    [
      '/usr/bin/cmake -E __run_co_compile --launcher=ccache --tidy=clang-tidy;-x --source=a.c -- cc -c a.c',
      'cc -c a.c',
    ],
    ['cmake -E env ccache A=b cc', 'cc'],
    // What is not only a launcher, or starts nothing.
    ['ccache -s', 'ccache -s'],
    ['ccache', 'ccache'],
    ['ccache A=b', 'ccache A=b'],
    ['distcc -c a.c', 'distcc -c a.c'],
    ['env', 'env'],
    ['env A=b', 'env A=b'],
    ['env -i cc', 'env -i cc'],
    ['env -C dir cc', 'env -C dir cc'],
    ['cmake -E chdir dir cc', 'cmake -E chdir dir cc'],
    ['cmake -E touch x', 'cmake -E touch x'],
    ['cmake --build .', 'cmake --build .'],
    ['nice --help', 'nice --help'],
    ['libtool --mode=compile cc -c a.c', 'libtool --mode=compile cc -c a.c'],
    ['A=b', 'A=b'],
  ])('%s', (line = '', left, environment = '') => {
    const launched = stripLaunchers(line.split(' '));
    expect(launched.argv.join(' ')).toBe(left);
    const changes = launched.environment.map(({ name, value }) =>
      value === undefined ? `-${name}` : `${name}=${value}`,
    );
    expect(changes.join(' ')).toBe(environment);
  });

  it('need a command line', () => {
    expect(stripLaunchers([])).toEqual({ argv: [], environment: [] });
  });
});
