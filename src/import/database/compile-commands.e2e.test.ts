import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { build, makenix, projectOptions } from '../../testing/makenix.ts';
import { projectOf, type TestProject } from '../../testing/project.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

const sources = {
  'inc/greet.h': '#pragma once\nconst char *greet(void);\n',
  'src/greet.c': '#include "greet.h"\nconst char *greet(void) { return "hello, " NAME; }\n',
  'src/main.c': '#include <stdio.h>\n#include "greet.h"\nint main(void) { return puts(greet()) < 0; }\n',
};

const commands = {
  greet: 'cc -I../inc -DNAME=\'"you there"\' -fPIC -o greet.o -c ../src/greet.c',
  main: 'cc -I../inc -O1 -o main.o -c ../src/main.c',
};

function project(): TestProject {
  const made = projectOf(sources, 'greeting');
  const entries = Object.entries(commands).map(([name, command]) => ({
    directory: made.path('build'),
    file: `../src/${name}.c`,
    command,
  }));
  made.write('build/compile_commands.json', JSON.stringify(entries));
  return made;
}

/** A ninja that knows one build: whether a machine has the real one, no test here depends on. */
function ninjaThatSays(lines: readonly string[]): string {
  const bin = join(temporaryDirectory(), 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'commands'), lines.map((line) => `${line}\n`).join(''));
  const script = ['#!/bin/sh', '[ "$*" = "-t commands" ] || exit 1', `exec cat '${join(bin, 'commands')}'`];
  writeFileSync(join(bin, 'ninja'), `${script.join('\n')}\n`);
  chmodSync(join(bin, 'ninja'), 0o755);
  return [bin, process.env['PATH'] ?? ''].join(delimiter);
}

const importFrom = (at: TestProject, database: string, env: Readonly<Record<string, string>> = {}) =>
  makenix(['import', '--json', '-C', at.root, '--compile-commands', at.path(database)], { env });

describe('makenix import --compile-commands', () => {
  it('builds what the build.ninja beside it links, without that having been built', async () => {
    const at = project();
    at.write('build/build.ninja', '');
    const PATH = ninjaThatSays([
      commands.greet,
      ': && cc -shared -Wl,-soname,libgreet.so.1 -o libgreet.so.1.0 greet.o && :',
      'cmake -E cmake_symlink_library libgreet.so.1.0 libgreet.so.1 libgreet.so && :',
      commands.main,
      `: && cc main.o -o greeting -Wl,-rpath,${at.path('build')} -L. -lgreet && :`,
    ]);
    const imported = await importFrom(at, 'build', { PATH });
    expect(imported.exitCode).toBe(0);
    expect(imported.events.at(-1)).toMatchObject({ kind: 'import-finished', units: 2, products: 2, notUnderstood: [] });
    expect(await build(at)).toMatchObject({ outcome: 'built' });
    expect(await at.run('result-1/bin/greeting')).toBe('hello, you there\n');
    // The last import, of whichever kind.
    const again = await makenix(['import', '--json', '-C', at.root], { env: { PATH } });
    expect(again.events[0]).toMatchObject({ kind: 'import-started', command: ['build/compile_commands.json'] });
    expect(again.exitCode).toBe(0);
  });

  it('builds what the targets of makenix.json make of it, and writes a database of its own', async () => {
    const at = project();
    at.write(
      'makenix.json',
      '{ "compileCommands": "compile_commands.json", "targets": { "greeting": { "sources": ["src/*.c"] } } }',
    );
    expect((await importFrom(at, 'build/compile_commands.json')).exitCode).toBe(0);
    expect(await build(at)).toMatchObject({ outcome: 'built' });
    expect(await at.run('result/bin/greeting')).toBe('hello, you there\n');
    const database = JSON.parse(at.read('compile_commands.json')) as readonly object[];
    expect(database).toMatchObject([
      { directory: at.path('build'), file: '../src/greet.c', output: 'greet.o' },
      { directory: at.path('build'), file: '../src/main.c', output: 'main.o' },
    ]);
    // It compiles by itself.
    const { arguments: words } = database[1] as { readonly arguments: readonly [string, ...string[]] };
    expect(words.slice(1)).toEqual(['-I../inc', '-O1', '-c', '-o', 'main.o', '../src/main.c']);
  });

  it('says what is missing, and what to do', async () => {
    const at = project();
    const { exitCode, stderr } = await makenix(['import', '-C', at.root, '--compile-commands', at.path('build')]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error: build/compile_commands.json says how to compile, and nothing says what to link');
    expect(stderr).toContain('hint: give "targets" in makenix.json');
    const both = await makenix(['import', '-C', at.root, '--compile-commands', at.path('build'), '--', 'make']);
    expect(both.exitCode).toBe(2);
  });
});

it('keeps a compilation database true', async () => {
  const at = projectOf({ ...sources, 'makenix.json': '{ "compileCommands": "db/compile_commands.json" }' }, 'hello');
  at.edit('makenix.json', '{', '{ "include": ["inc"], "defines": { "NAME": "\\"you\\"" },');
  const options = ['generate', '--json', ...projectOptions(at)];
  expect((await makenix(options)).exitCode).toBe(0);
  const first = at.read('db/compile_commands.json');
  expect(JSON.parse(first)).toHaveLength(2);
  at.edit('makenix.json', '"you', '"all');
  expect((await makenix(options)).exitCode).toBe(0);
  expect(at.read('db/compile_commands.json')).toBe(first.replaceAll('you', 'all'));
  at.remove('src/greet.c');
  expect((await makenix(options)).exitCode).toBe(0);
  expect(JSON.parse(at.read('db/compile_commands.json'))).toHaveLength(1);
});
