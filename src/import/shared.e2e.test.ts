import { expect, it } from 'vitest';
import { run } from '../testing/execute.ts';
import { bothPrint, goodBuild, importBuild, outputOf, problemsOf } from '../testing/imported.ts';
import { projectOf } from '../testing/project.ts';

const returning = (name: string, value: string): string => `int ${name}(void) { return ${value}; }\n`;

const calling = (...names: readonly string[]): string =>
  `#include <stdio.h>\nint ${names.map((name) => `${name}(void)`).join(', ')};\n` +
  `int main(void) { printf("${names.map(() => '%d').join(' ')}\\n", ${names.map((name) => `${name}()`).join(', ')}); return 0; }\n`;

it('links programs to shared libraries however the build names them', async () => {
  const project = projectOf({
    Makefile: [
      'all: by-path by-name by-rpath by-origin absolute nested linked-by-ld plugin.so scripted stripped',
      'lib/libbase.so.1.2: base.c base.map',
      '\tmkdir -p lib && cc -fPIC -shared -o $@ base.c -Wl,-soname,libbase.so.1 -Wl,--version-script=base.map -Wl,-Map=lib/x.map',
      '\tln -sf libbase.so.1.2 lib/libbase.so.1 && ln -sf libbase.so.1 lib/libbase.so',
      'lib/libplain.so: plain.c; cc -fPIC -shared -o $@ plain.c',
      'lib/libupper.so: upper.c lib/libbase.so.1.2; cc -fPIC -shared -o $@ upper.c -Llib -lbase -Wl,-soname,libupper.so',
      'by-path: by-path.o lib/libbase.so.1.2 lib/libplain.so; cc -o $@ by-path.o lib/libbase.so.1.2 lib/libplain.so',
      'by-name: by-path.o lib/libbase.so.1.2 lib/libplain.so; cc -o $@ by-path.o -Llib -lbase -lplain',
      'by-rpath: by-path.o lib/libbase.so.1.2; cc -o $@ by-path.o lib/libplain.so -L lib -l base -Wl,-rpath,$(CURDIR)/lib',
      "by-origin: by-path.o lib/libbase.so.1.2; cc -o $@ by-path.o lib/libplain.so -Llib -lbase -Wl,-rpath,'$$ORIGIN/lib'",
      'absolute: by-path.o lib/libbase.so.1.2; cc -o $@ $(CURDIR)/by-path.o $(CURDIR)/lib/libbase.so $(CURDIR)/lib/libplain.so',
      // Needs libbase too, and does not say so.
      'nested: nested.c lib/libupper.so; cc -o $@ nested.c -Llib -lupper -Wl,-rpath-link,lib',
      'libld.so: upper.o lib/libbase.so.1.2; ld -shared -o $@ -soname libld.so upper.o lib/libbase.so.1.2',
      'upper.o: upper.c; cc -fPIC -c upper.c -o $@',
      'linked-by-ld: nested.c libld.so; cc -o $@ nested.c ./libld.so -Wl,-rpath-link,lib',
      'plugin.so: plugin.c; cc -fPIC -shared -o $@ plugin.c -Wl,--dynamic-list=exports.list',
      'scripted: nested.c libscript.so; cc -o $@ nested.c libscript.so -Wl,-rpath-link,lib',
      'libscript.so: lib/libupper.so; echo "INPUT(lib/libupper.so)" > libscript.so',
      'stripped: by-path.o lib/libplain.so lib/libbase.so.1.2',
      '\tcp lib/libplain.so slim.so && strip slim.so && mkdir -p slim && mv slim.so slim/libplain.so',
      '\tcc -s -o $@ by-path.o -Lslim -lplain -Llib -lbase',
      'by-path.o: by-path.c; cc -c $(CURDIR)/by-path.c -o $(CURDIR)/by-path.o',
      '',
    ].join('\n'),
    'base.c': `#include "base.h"\n${returning('base', 'BASE')}int hidden(void) { return 0; }\n`,
    'base.h': '#define BASE 1\n',
    'base.map': 'BASE_1 { global: base; local: *; };\n',
    'plain.c': returning('plain', '2'),
    'upper.c': `int base(void);\n${returning('upper', 'base() + 10')}`,
    'plugin.c': returning('plugin', '5'),
    'exports.list': '{ plugin; };\n',
    'by-path.c': calling('base', 'plain'),
    'nested.c': calling('upper'),
  });
  const plan = await importBuild(project, ['make', '-j2']);
  expect(problemsOf(plan)).toEqual([]);
  const cycle = await goodBuild(project);
  for (const target of [
    'by-path',
    'by-name',
    'by-rpath',
    'by-origin',
    'absolute',
    'nested',
    'linked-by-ld',
    'scripted',
    'stripped',
  ]) {
    const own = await run(
      'env',
      [`LD_LIBRARY_PATH=${project.path('lib')}:${project.root}`, `./${target}`],
      project.root,
    );
    // From elsewhere, and without being told where libraries are.
    expect([target, await run(project.path(`${outputOf(cycle, target)}/${target}`), [], '/')]).toEqual([target, own]);
  }
  const exported = await run(
    'nm',
    ['-D', '--defined-only', project.path(`${outputOf(cycle, 'libbase.so.1.2', 'lib')}/libbase.so`)],
    '/',
  );
  expect(exported).toContain(' base@@BASE_1');
  expect(exported).not.toContain('hidden');
  expect(project.exists(`${outputOf(cycle, 'plugin.so', 'lib')}/plugin.so`)).toBe(true);
  project.edit('base.h', '1', '7');
  const edited = await goodBuild(project);
  expect(edited.rebuilt).toContain('lib/libbase.so.1.2-base.o');
  expect(edited.rebuilt).not.toContain('lib/libplain.so-plain.o');
  expect(await run(project.path(`${outputOf(edited, 'nested')}/nested`), [], '/')).toBe('17\n');
});

it('links with scripts, groups, response files and several sources at once', async () => {
  const project = projectOf({
    'build.sh': [
      'set -e',
      'mkdir -p tool x build/deep',
      'cc -o many many.c a.c b.c -lm',
      'cc -c a.c b.c',
      'cd build/deep',
      'c++ -c -I../../x/../inc -I../../nowhere ../../main.cc -o main.o; cc -c -I../../inc ../../a.c -o ./a.o',
      `printf '%s\\n' '"main.o"' './a.o -lm' > objects.rsp`,
      'c++ @objects.rsp -o ../mixed; rm objects.rsp',
      'cd ../..',
      'LIBRARY_PATH=libs C_INCLUDE_PATH=inc CPATH= cc -o env env.c -Wl,-T,extra.ld',
      'cc -flto -O2 -c a.c -o lto-a.o; cc -flto -O2 -c many.c -o lto-many.o; cc -flto -O2 -c b.c -o lto-b.o',
      'gcc-ar cr lto.a lto-a.o lto-b.o; cc -flto -O2 -o lto lto-many.o lto.a -lm',
      'cc -fsanitize=address -g -o asan many.c a.c b.c -lm',
      'cc -pthread -D_GNU_SOURCE -o gone many.c a.c b.c -lm; rm gone',
      'cc -o broken missing.c 2>/dev/null || cc -o retried many.c a.c b.c -lm',
      '/usr/bin/cc -c a.c -o tool/one.o; /usr/bin/cc -o tool/many tool/one.o b.o many.c -lm',
      'cp many copied; mv copied moved',
      '',
    ].join('\n'),
    'many.c':
      '#include <stdio.h>\n#include <math.h>\nint a(void), b(void);\nint main(void) { printf("%d %.0f\\n", a(), sqrt(b())); return 0; }\n',
    'a.c': '#include "inc/a.h"\nint a(void) { return A; }\n',
    'b.c': 'int b(void) { return 16; }\n',
    'inc/a.h': '#define A 5\n',
    'main.cc':
      '#include <iostream>\n#include "a.h"\nextern "C" int a(void);\nint main() { std::cout << a() + A << std::endl; }\n',
    'env.c':
      '#include <stdio.h>\n#include <a.h>\nextern char marker[];\nint main(void) { printf("%d %d\\n", A, (int)((long)marker & 0xfff)); return 0; }\n',
    'extra.ld': 'marker = 0x2a;\nINSERT AFTER .data;\n',
  });
  const plan = await importBuild(project, ['bash', 'build.sh']);
  expect(problemsOf(plan)).toEqual(['objects that go into nothing that was linked: a.o']);
  expect(plan.products.filter(({ target }) => target).map(({ path }) => path)).toEqual([
    'many',
    'build/mixed',
    'env',
    'lto',
    'asan',
    'retried',
    'tool/many',
  ]);
  const cycle = await goodBuild(project);
  for (const { name, path } of plan.products.filter(({ target }) => target)) {
    const [ours, theirs] = await bothPrint(project, cycle, name, path);
    expect([name, ours]).toEqual([name, theirs]);
  }
  project.edit('inc/a.h', '5', '6');
  const edited = await goodBuild(project);
  expect(edited.rebuilt).toContain('mixed');
  expect(edited.rebuilt).not.toContain('b.o');
  expect(await project.run(`${outputOf(edited, 'lto')}/lto`)).toBe('6 4\n');
});
