import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNodeCommands } from '../host/node-commands.ts';
import { createNodeFiles } from '../host/node-files.ts';
import type { RecordFailure, ToolFailure } from '../model/failure.ts';
import type { Result } from '../model/result.ts';
import { run } from '../testing/execute.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { preloadSource } from './preload-source.ts';
import { recordedVariables } from './recording-environment.ts';
import { recordBuild, type Recording } from './record-build.ts';
import type { ProgramStarted, TraceEvent } from './trace.ts';

/*
 * Real programs under the real recorder. `told` are a recording's file events as lines, in order:
 *
 *     cc1: write a.d      mv: rename a -> b      ln: symlink target <- path
 */

type Files = Readonly<Record<string, string>>;

const hello = { 'hello.c': '#include "hello.h"\nint main(void) { return ZERO; }\n', 'hello.h': '#define ZERO 0\n' };

function project(files: Files): string {
  const root = realpathSync(temporaryDirectory());
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents);
    if (contents.startsWith('#!')) chmodSync(join(root, path), 0o755);
  }
  return root;
}

interface Told extends Recording {
  readonly root: string;
  readonly programs: readonly ProgramStarted[];
  readonly told: readonly string[];
  /** The program that was started with these arguments; the first of them as given, by path or by name. */
  started(...argv: readonly string[]): ProgramStarted;
}

async function recordIn(
  root: string,
  command: readonly [string, ...string[]],
  {
    directory = root,
    env = process.env,
    signal,
  }: { directory?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
): Promise<Result<Recording, ToolFailure | RecordFailure>> {
  const scratch = temporaryDirectory();
  const ports = { commands: createNodeCommands(env), scratch: createNodeFiles(scratch) };
  const result = await recordBuild(command, { root, directory, ...(signal === undefined ? {} : { signal }) }, ports);
  expect(readdirSync(scratch)).toEqual([]);
  return result;
}

async function recordAll(root: string, ...given: Parameters<typeof recordIn> extends [string, ...infer R] ? R : never) {
  const result = await recordIn(root, ...given);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return tell(root, result.value);
}

/** `sh -c SCRIPT`, which has to end well, with this much of the environment added. */
async function recordScript(
  script: string,
  files: Files = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Told> {
  const told = await recordAll(project(files), ['sh', '-ec', script], { env: { ...process.env, ...env } });
  expect(told.exitCode).toBe(0);
  return told;
}

function tell(root: string, recording: Recording): Told {
  const programs = recording.events.filter((event) => event.kind === 'started');
  const name = (event: TraceEvent): string => basename(programs.find((p) => p.program === event.program)!.argv[0]!);
  const at = (path: string): string => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path);
  const told = recording.events.flatMap((event) => {
    switch (event.kind) {
      case 'started':
        return [];
      case 'read':
      case 'write':
        return [`${name(event)}: ${event.kind} ${at(event.path)}`];
      case 'rename':
        return [`${name(event)}: rename ${at(event.from)} -> ${at(event.to)}`];
      case 'symlink':
        return [`${name(event)}: symlink ${event.target} <- ${at(event.path)}`];
      case 'hardlink':
        return [`${name(event)}: hardlink ${at(event.from)} <- ${at(event.path)}`];
    }
  });
  return {
    ...recording,
    root,
    programs,
    told,
    started: (...argv) => {
      const found = programs.filter((program) => program.argv.join('\0') === argv.join('\0'));
      expect(found, argv.join(' ')).toHaveLength(1);
      return found[0]!;
    },
  };
}

/** Compiles a program before anything is recorded. */
async function compile(root: string, name: string, text: string, ...flags: readonly string[]): Promise<void> {
  writeFileSync(join(root, `${name}.c`), text);
  await run('cc', ['-Wall', ...flags, '-o', name, `${name}.c`], root);
}

describe('programs', () => {
  it('are told with what they were started as, in, and by', async () => {
    const { root, started, programs } = await recordScript('cd sub\nCPATH=/inc /usr/bin/env true "a b" "" "*\n"', {
      'sub/x': '',
    });
    const shell = programs[0]!;
    expect(shell).toMatchObject({ parent: undefined, directory: root, environment: {} });
    expect(shell.argv.slice(0, 2)).toEqual(['sh', '-ec']);
    expect(shell.executable).toBe(realpathSync('/bin/sh'));
    const env = started('/usr/bin/env', 'true', 'a b', '', '*\n');
    expect(env).toMatchObject({ directory: join(root, 'sub'), environment: { CPATH: '/inc' } });
    // `env` becomes `true`.
    const becomes = started('true', 'a b', '', '*\n');
    expect(becomes.parent).toBe(env.program);
    expect(becomes.executable).toBe(realpathSync('/usr/bin/true'));
  });

  it('are told with the variables that compilers read, and no others', async () => {
    const variables = recordedVariables.map((name) => [name, 'a=b\n'] as const);
    const given = [...variables, ['CPATH_', 'x']].map((variable) => variable.join('='));
    const { programs } = await recordAll(project({}), ['env', ...given, 'true']);
    expect(programs.map(({ environment }) => environment)).toEqual([{}, Object.fromEntries(variables)]);
  });

  it('may do without libc, and are as they were', async () => {
    const root = project({});
    await compile(root, 'free', 'void _start(void) { __builtin_trap(); }\n', '-nostdlib', '-fPIE', '-pie');
    const { exitCode } = await recordAll(root, ['sh', '-c', 'exec 2> /dev/null; ./free; test $? -gt 128']);
    expect(exitCode).toBe(0);
  });

  it('are all those of a recursive, parallel make', async () => {
    const units = ['a', 'b', 'c', 'd', 'e', 'f'];
    const { told, programs, root } = await recordAll(
      project({
        Makefile: 'all: ; @+$(MAKE) -s -C sub\n',
        'sub/Makefile': `all: lib.a\nlib.a: ${units.map((u) => `${u}.o`).join(' ')}\n\tar rc $@ $^\n.c.o: ; cc -c -o $@ $<\n.SUFFIXES: .c .o\n`,
        ...Object.fromEntries(units.map((unit) => [`sub/${unit}.c`, `int ${unit};\n`])),
      }),
      ['make', '-s', '-j3'],
    );
    for (const unit of units) {
      const compiler = programs.find((program) => program.argv.join(' ') === `cc -c -o ${unit}.o ${unit}.c`);
      expect(compiler?.directory).toBe(join(root, 'sub'));
      const maker = programs.find((program) => program.program === compiler?.parent);
      expect(maker?.argv.slice(0, 1)).toEqual(['make']);
      expect(told.indexOf(`as: write sub/${unit}.o`)).toBeGreaterThan(-1);
      expect(told.indexOf(`as: write sub/${unit}.o`)).toBeLessThan(told.indexOf(`ar: read sub/${unit}.o`));
    }
    expect(told).toContain('ar: write sub/lib.a');
    expect(told).toContain('make: read sub/Makefile');
  });

  it('are compilers by absolute path, with their parts; what the compiler proper reads is not told', async () => {
    const compiler = realpathSync((await run('sh', ['-c', 'command -v cc'], '/')).trim());
    const { told, programs, started } = await recordScript(`${compiler} -MMD -c hello.c -o hello.o`, hello);
    const driver = started(compiler, '-MMD', '-c', 'hello.c', '-o', 'hello.o');
    expect(driver.executable).toBe(compiler);
    const proper = programs.find((program) => basename(program.argv[0]!) === 'cc1');
    expect(proper?.parent).toBe(driver.program);
    expect(proper?.argv).toContain('hello.c');
    expect(told).toContain('cc1: write hello.d');
    expect(told).toContain('as: write hello.o');
    expect(told.join('\n')).not.toContain('hello.h');
  });

  it('are followed where their environment is cleared or cut', async () => {
    const { told, started } = await recordScript(
      `env -i /bin/sh -c 'cp a b'
       env -u LD_PRELOAD PATH="$PATH" cp a c
       unset LD_PRELOAD MAKENIX_RECORD; cp a d
       ASAN_OPTIONS= LD_PRELOAD= cp a e`,
      { a: '' },
    );
    for (const to of ['b', 'c', 'd', 'e']) {
      started('cp', 'a', to);
      expect(told).toContain(`cp: write ${to}`);
    }
  });

  it('keep a preloaded library of their own', async () => {
    const root = project({});
    await compile(root, 'other.so', 'int other = 1;\n', '-shared', '-fPIC');
    await compile(
      root,
      'show',
      '#include <stdlib.h>\n#include <stdio.h>\nint main(void) { puts(getenv("LD_PRELOAD")); }\n',
    );
    const env = { ...process.env, LD_PRELOAD: join(root, 'other.so') };
    await recordAll(root, ['sh', '-c', './show > first; LD_PRELOAD=$PWD/other.so ./show > second'], { env });
    for (const name of ['first', 'second']) {
      expect(readFileSync(join(root, name), 'utf8')).toMatch(/^\S+\/record\.so:\S+\/other\.so\n$/);
    }
  });

  it('are told with the response files they were given, which may be gone', async () => {
    const { root, told, started } = await recordScript(
      'exec 2> /dev/null; printf "%s\\n" -O1 "-DNAME=\\"a b\\"" > flags; cc @flags @none -c hello.c || :; cc @flags @. -c hello.c || :; cc @flags -c hello.c; rm flags',
      hello,
    );
    expect(existsSync(join(root, 'flags'))).toBe(false);
    const responseFiles = new Map([['flags', '-O1\n-DNAME="a b"\n']]);
    expect(started('cc', '@flags', '-c', 'hello.c').responseFiles).toEqual(responseFiles);
    expect(started('cc', '@flags', '@none', '-c', 'hello.c').responseFiles).toEqual(responseFiles);
    expect(started('cc', '@flags', '@.', '-c', 'hello.c').responseFiles).toEqual(responseFiles);
    expect(told).toContain('cc: read flags');
  });

  it('are told with response files within response files, once each', async () => {
    const { started } = await recordScript('/bin/echo @a @b > out', {
      a: '-x @b\n@sub/c\t@none @a',
      b: '@a',
      'sub/c': 'd@a',
    });
    expect([...started('/bin/echo', '@a', '@b').responseFiles]).toEqual([
      ['a', '-x @b\n@sub/c\t@none @a'],
      ['b', '@a'],
      ['sub/c', 'd@a'],
    ]);
  });

  it('may have very long command lines and response files', async () => {
    const long = 'x'.repeat(100_000);
    const { started } = await recordScript('x=$(cat long); /bin/echo "$x" "$x" @big > out', {
      long,
      big: long.repeat(20),
    });
    expect(started('/bin/echo', long, long, '@big').responseFiles.get('big')).toHaveLength(2_000_000);
  });

  it('are scripts in front of a compiler', async () => {
    const { started } = await recordAll(
      project({ ...hello, 'bin/cache': '#!/bin/sh\n# As ccache is used: cache cc ARG...\nexec "$@"\n' }),
      ['make', '-s', 'CC=bin/cache cc', 'hello'],
    );
    const script = started('/bin/sh', 'bin/cache', 'cc', 'hello.c', '-o', 'hello');
    expect(started('cc', 'hello.c', '-o', 'hello').parent).toBe(script.program);
  });

  it('may be built with a sanitizer, whatever options it is given', async () => {
    const { told } = await recordScript(
      'cc -fsanitize=address hello.c -o hello && ./hello && ASAN_OPTIONS=detect_leaks=0 ./hello && env -i ./hello && cp hello.h x',
      hello,
    );
    expect(told).toContain('cp: write x');
  });

  it('may start others in each way there is', async () => {
    const root = project({});
    await compile(
      root,
      'starter',
      String.raw`#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  char *none[] = {NULL}, *argv[] = {"touch", NULL, NULL};
  int fd = open("/bin/touch", O_RDONLY | O_CLOEXEC);
  pid_t child;
  for (int i = 0; i < 10; i++) {
    char name[] = {'0' + i, 0};
    argv[1] = name;
    if (i == 0) child = posix_spawn(&child, "/bin/touch", NULL, NULL, argv, none) ? 0 : child;
    else if (i == 1) child = posix_spawnp(&child, "touch", NULL, NULL, argv, none) ? 0 : child;
    else if (i == 9) child = system("touch 9") ? 0 : 0;
    else if ((child = vfork()) == 0) {
      if (i == 2) execve("/bin/touch", argv, none);
      if (i == 3) execv("/bin/touch", argv);
      if (i == 4) execvp("touch", argv);
      if (i == 5) execvpe("touch", argv, none);
      if (i == 6) execl("/bin/touch", "touch", "6", (char *)NULL);
      if (i == 7) execle("/bin/touch", "touch", "7", (char *)NULL, none);
      if (i == 8) fexecve(fd, argv, none);
      _exit(1);
    }
    if (child > 0) waitpid(child, NULL, 0);
  }
  execlp("touch", "touch", "10", (char *)NULL);
}
`,
    );
    const { started, told } = await recordAll(root, ['./starter']);
    const starter = started('./starter').program;
    for (let i = 0; i <= 10; i++) {
      expect(told).toContain(`touch: write ${i}`);
      const { parent } = started('touch', String(i));
      if (i === 9) expect(parent).toBe(started('sh', '-c', 'touch 9').program);
      else expect(parent).toBe(starter);
    }
  });
});

describe('files', () => {
  it('are those of a library that a libtool-like script makes', async () => {
    const { told } = await recordAll(
      project({
        ...hello,
        build: `#!/bin/sh
set -e
mkdir -p .libs
cd .libs
cc -c ../hello.c -fPIC -o hello.o
cc -shared hello.o -o libhello.so.1T
mv -f libhello.so.1T libhello.so.1
rm -f libhello.so
ln -s libhello.so.1 libhello.so
cd ..
cat > libhello.laT <<END
# a library file of libtool
dlname='libhello.so.1'
END
mv libhello.laT libhello.la
`,
      }),
      ['./build'],
    );
    expect(told.filter((line) => !line.startsWith('cc'))).toEqual([
      'sh: read build',
      'as: write .libs/hello.o',
      'ld: write .libs/libhello.so.1T',
      'ld: read .libs/hello.o',
      'mv: rename .libs/libhello.so.1T -> .libs/libhello.so.1',
      'ln: symlink libhello.so.1 <- .libs/libhello.so',
      'sh: write libhello.laT',
      'mv: rename libhello.laT -> libhello.la',
    ]);
  });

  it('are copied, linked, moved in and out, and made by shells', async () => {
    const outside = temporaryDirectory();
    const { told } = await recordScript(
      `cat > made <<E
text
E
       cp made copy; cp -p ./sub/../copy "$PWD//sub/./deep"
       ln copy hard; ln -s ../nowhere soft; (cd sub; ln -s deep soft; cat soft > /dev/null)
       mv copy ${outside}/out; mv ${outside}/out in; cat nothing 2> errors || echo none >> errors
       cp /etc/passwd ${outside}/p; touch .; ls sub > /dev/null`,
      { 'sub/x': '' },
    );
    expect(told).toEqual([
      'sh: write made',
      'cp: read made',
      'cp: write copy',
      'cp: read copy',
      'cp: write sub/deep',
      'ln: hardlink copy <- hard',
      'ln: symlink ../nowhere <- soft',
      'ln: symlink deep <- sub/soft',
      'cat: read sub/soft',
      ...(told.includes(`mv: rename copy -> ${outside}/out`)
        ? [`mv: rename copy -> ${outside}/out`, `mv: rename ${outside}/out -> in`]
        : ['mv: read copy', 'mv: write in']),
      'sh: write errors',
    ]);
  });

  it('are those of ar, ld and objcopy', async () => {
    const { told } = await recordScript(
      'cc -c hello.c; cp hello.o other.o; ar rc all.a hello.o; ar r all.a other.o 2> log; ld -r -o both.o hello.o all.a; objcopy both.o last.o; ranlib all.a',
      hello,
    );
    for (const line of [
      'ar: read hello.o',
      'ar: write all.a',
      'ar: read other.o',
      'ld: read hello.o',
      'ld: read all.a',
      'ld: write both.o',
      'objcopy: read both.o',
      'objcopy: write last.o',
      'ranlib: write all.a',
    ]) {
      expect(told).toContain(line);
    }
  });

  it('may have any name', async () => {
    const name = 'a b\n"c" \u{e9}\u{1f600}\t$x';
    const { told } = await recordScript(
      'cp "$NAME" "-$NAME-" 2>/dev/null || cp -- "$NAME" "-$NAME-"',
      { [name]: '' },
      { NAME: name },
    );
    expect(told).toContain(`cp: read ${name}`);
    expect(told).toContain(`cp: write -${name}-`);
  });

  it('are told of children that only fork, and of programs that close what they find open', async () => {
    const root = project({ 'sub/in': 'x' });
    await compile(
      root,
      'program',
      String.raw`#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  char name[] = "madeXXXXXX";
  int directory = open("sub", O_RDONLY | O_DIRECTORY), nameless;
  for (int fd = 3; fd < 1024; fd++) if (fd != directory) close(fd);
  /* The lowest descriptor is the next one: none is kept by anybody else. */
  if (open("first", O_CREAT | O_WRONLY, 0666) != (directory == 3 ? 4 : 3)) return 1;
  for (int fd = 3; fd < 1024; fd++) if (fd != directory) dup2(2, fd);
  for (int fd = 3; fd < 1024; fd++) if (fd != directory) close(fd);
  if (fork() == 0) {
    int in = openat(directory, "in", O_RDONLY);
    FILE *out = fopen("child", "w");
    if (in < 0 || !out || !freopen("again", "a", out) || fopen("child", "r") == NULL) return 1;
    return 0;
  }
  wait(NULL);
  close(mkstemp(name));
  rename(name, "temporary");
  nameless = open("sub", O_TMPFILE | O_RDWR, 0666);
  if (nameless >= 0) {
    sprintf(name, "/dev/fd/%d", nameless);
    linkat(AT_FDCWD, name, directory, "named", AT_SYMLINK_FOLLOW);
  }
  if (creat("last", 0600) < 0 || open("missing", O_RDONLY) >= 0) return 1;
  return 0;
}
`,
    );
    const { told, exitCode } = await recordAll(root, ['./program']);
    expect(exitCode).toBe(0);
    const made = /^program: write (made\w{6})$/m.exec(told.join('\n'))![1]!;
    expect(told.filter((line) => !line.endsWith('sub/named'))).toEqual([
      'program: write first',
      'program: read sub/in',
      'program: write child',
      'program: write again',
      'program: read child',
      `program: write ${made}`,
      `program: rename ${made} -> temporary`,
      'program: write last',
    ]);
  });

  it('are told where a child of vfork is about to become another program', async () => {
    const root = project({ in: '' });
    await compile(
      root,
      'program',
      String.raw`#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  for (int i = 0; i < 3; i++) {
    char *argv[] = {"cat", NULL}, *none[] = {NULL};
    if (vfork() == 0) {
      dup2(open("in", O_RDONLY), 0);
      dup2(open("out", O_CREAT | O_WRONLY, 0666), 1);
      execve("/bin/cat", argv, none);
      _exit(1);
    }
    wait(NULL);
  }
  return fopen("in", "r") == NULL;
}
`,
    );
    const { told, programs, exitCode } = await recordAll(root, ['./program']);
    expect(exitCode).toBe(0);
    expect(programs.map(({ argv }) => argv)).toEqual([['./program'], ['cat'], ['cat'], ['cat']]);
    expect(told).toEqual(['program: read in', 'program: write out']);
  });

  it('are told with many threads at work', async () => {
    const root = project({});
    await compile(
      root,
      'program',
      String.raw`#include <pthread.h>
#include <stdio.h>
static void *work(void *argument) {
  char name[64];
  for (int i = 0; i < 200; i++) {
    sprintf(name, "t%s-%d", (char *)argument, i);
    FILE *file = fopen(name, "w");
    if (!file || fclose(file) || !(file = fopen(name, "r"))) return "failed";
    fclose(file);
  }
  return NULL;
}
int main(void) {
  static char *names[] = {"0", "1", "2", "3"};
  pthread_t threads[4];
  void *result, *all = NULL;
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, work, names[i]);
  for (int i = 0; i < 4; i++) if (!pthread_join(threads[i], &result) && result) all = result;
  return all != NULL;
}
`,
      '-pthread',
    );
    const { told, exitCode } = await recordAll(root, ['./program']);
    expect(exitCode).toBe(0);
    for (let i = 0; i < 800; i++) {
      const name = `t${i % 4}-${Math.floor(i / 4)}`;
      expect(told.indexOf(`program: write ${name}`)).toBeGreaterThan(-1);
      expect(told.indexOf(`program: read ${name}`)).toBeGreaterThan(told.indexOf(`program: write ${name}`));
    }
  });
});

describe('a recording', () => {
  it('has the exit code of a command that fails, and what there was until then', async () => {
    const { exitCode, ended, told } = await recordAll(project({ a: '' }), ['sh', '-c', 'cp a b; exit 7']);
    expect({ exitCode, ended }).toEqual({ exitCode: 7, ended: 'exited' });
    expect(told).toEqual(['cp: read a', 'cp: write b']);
  });

  it('says how a command ended that did not exit, or never was', async () => {
    expect(await recordAll(project({}), ['sh', '-c', 'kill -9 $$'])).toMatchObject({ ended: 'signalled' });
    expect(await recordAll(project({}), ['./none'])).toMatchObject({ ended: 'not-found', events: [] });
  });

  it('ends all that was started when it is aborted', async () => {
    const root = project({});
    // Ends by itself only where the abort does not end it: `wait` has a child that lives for as long as the fifo.
    await run('mkfifo', ['never'], root);
    const abort = new AbortController();
    const going = recordAll(root, ['sh', '-c', 'cat never & echo $! > child; mv child pid; wait'], {
      signal: abort.signal,
    });
    await expect.poll(() => existsSync(join(root, 'pid')), { timeout: 30_000 }).toBe(true);
    abort.abort();
    const { ended, told } = await going;
    expect(ended).toBe('aborted');
    expect(told).toContain('mv: rename child -> pid');
    const pid = readFileSync(join(root, 'pid'), 'utf8').trim();
    await expect.poll(() => isRunning(pid), { timeout: 30_000 }).toBe(false);
  });

  it('leaves what the command sees of its directory alone but for its true name', async () => {
    const { root } = await recordScript(
      '[ "$PWD" = "$(pwd -P)" ]; cp "$PWD/a" "$PWD/b"',
      { a: '' },
      { PWD: '/elsewhere' },
    );
    expect(existsSync(join(root, 'b'))).toBe(true);
  });

  it('cannot be made of a static program; of what that starts, it can', async () => {
    const root = project({});
    await compile(
      root,
      'fixed',
      '#include <unistd.h>\nint main(int argc, char **argv) { return argc > 1 ? execvp(argv[1], argv + 1) : 0; }\n',
      '-static',
    );
    expect(await recordIn(root, ['./fixed'])).toEqual({
      ok: false,
      failure: { kind: 'not-recorded', command: './fixed' },
    });
    const { told, started } = await recordAll(root, ['./fixed', 'touch', 'a']);
    expect(told).toEqual(['touch: write a']);
    expect(started('touch', 'a').parent).toBeUndefined();
  });

  it('needs a compiler that works', async () => {
    const root = project({ 'bin/cc': '#!/bin/sh\necho no such thing >&2\nexit 1\n' });
    expect(await recordIn(root, ['true'], { env: { PATH: '/nowhere' } })).toEqual({
      ok: false,
      failure: { kind: 'tool-missing', tool: 'cc', neededBy: 'the recorder' },
    });
    const env = { ...process.env, PATH: `${root}/bin:${process.env['PATH'] ?? ''}` };
    expect(await recordIn(root, ['true'], { env })).toMatchObject({
      ok: false,
      failure: { kind: 'tool-failed', tool: 'cc', output: 'no such thing\n' },
    });
  });
});

it.each(['-O2', '-O0', '-O2 -D_FORTIFY_SOURCE=2', '-O2 -D_FILE_OFFSET_BITS=64', '-O2 -std=c11'])(
  'the recorder compiles without a warning with %s',
  async (flags) => {
    const root = project({ 'record.c': preloadSource });
    const args = [
      '-fPIC',
      '-shared',
      '-nostdlib',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-o',
      'record.so',
      'record.c',
      '-ldl',
    ];
    await run('cc', [...flags.split(' '), ...args], root);
  },
);

/** A process that has ended and nobody has waited for counts as ended. */
const isRunning = (pid: string): boolean => {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
