import { spawnSync } from 'node:child_process';
import { symlinkSync, utimesSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readState, stateFiles } from '../build/state-files.ts';
import { createNodeFiles } from '../host/node-files.ts';
import type { Cycle } from '../testing/cycle.ts';
import { eventsOf } from '../testing/event-log.ts';
import { run } from '../testing/execute.ts';
import { hostileNames } from '../testing/hostile-names.ts';
import { build, makenix, projectOptions } from '../testing/makenix.ts';
import { copyFixture, projectOf, type TestProject } from '../testing/project.ts';
import { randomEdit, randomProjectFiles, seededRandom } from '../testing/random-edits.ts';

/**
 * The law of dynamic mode: an object built dynamically is the same derivation as the static one. So is a target, and so
 * what one mode has built, the other finds done.
 */

const modes = ['static', 'dynamic'] as const;
type Mode = (typeof modes)[number];

const buildIn = (mode: Mode, project: TestProject): Promise<Cycle> =>
  build(project, ...(mode === 'dynamic' ? ['--dynamic'] : []));

/** Builds in both modes, in the same store, and compares every derivation that there is. Returns both cycles in order. */
async function compare(project: TestProject, first: Mode = 'static'): Promise<readonly [Cycle, Cycle]> {
  const before = await buildIn(first, project);
  const after = await buildIn(first === 'static' ? 'dynamic' : 'static', project);
  expect(dynamicDerivations(project)).toEqual(await staticDerivations(project));
  expect(after.outcome, JSON.stringify(after.events)).toBe(before.outcome);
  expect(after.outputs).toEqual(before.outputs);
  expect(after.rebuilt).toEqual([]);
  // What has failed fails again; nothing else is tried.
  const started = eventsOf(after.events, 'derivation-started').map(({ name }) => name);
  expect(started.filter((name) => !after.failed.includes(name))).toEqual([]);
  return [before, after];
}

/** By step, what the generated expression evaluates to: with plain Nix, and also where a step cannot be built. */
async function staticDerivations({ root, store }: TestProject): Promise<Readonly<Record<string, string>>> {
  // Lists, because a set with a member `outPath` is no set to JSON.
  const expression = `let
    targets = import ./derivation.nix { pkgs = import ./.makenix/host.nix { }; };
    list = steps: map (name: [ name steps.\${name}.drvPath ]) (builtins.attrNames steps);
  in
  list targets ++ builtins.concatMap (target: list target.objects) (builtins.attrValues targets)`;
  const features = ['--extra-experimental-features', 'nix-command ca-derivations'];
  const options = ['--impure', '--store', store, '--option', 'build-users-group', ''];
  const text = await run('nix', ['eval', '--json', ...features, ...options, '--expr', expression], root);
  return Object.fromEntries(JSON.parse(text) as readonly (readonly [string, string])[]);
}

/** By step, what Nix has made in the sandbox. */
const dynamicDerivations = ({ root }: TestProject): Readonly<Record<string, string>> =>
  Object.fromEntries(readState(createNodeFiles(root), stateFiles.dynamic)?.definitions ?? []);

interface Given {
  readonly files: Readonly<Record<string, string>>;
  /** Of the project's directory. */
  readonly name?: string;
  /** Where each leads. */
  readonly links?: Readonly<Record<string, string>>;
}

function projectGiven({ files, name, links = {} }: Given): TestProject {
  const project = projectOf(files, name);
  // As a fresh checkout has them.
  for (const path of Object.keys(files)) utimesSync(project.path(path), 1000, 1000);
  for (const [path, target] of Object.entries(links)) symlinkSync(target, project.path(path));
  return project;
}

const config = (value: object): string => JSON.stringify(value);
const oneTarget = (settings: object): string => config({ targets: { main: { sources: ['src/main.c'], ...settings } } });
const program = (...lines: readonly string[]): string => `${lines.join('\n')}\nint main(void) { return 0; }\n`;
const constant = 'static const int constant __attribute__((unused)) = 1;\n';

/** Each name as a source at the top and as one below a directory, with a header of that name, and as a directory. */
function hostileFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    'makenix.json': config({ include: ['.'], targets: { main: { sources: ['**', '**/.*.c'] } } }),
    'main.c': program(),
  };
  for (const [i, name] of hostileNames.entries()) {
    // A directory of an editor's is ignored.
    const directory = name.endsWith('~') ? `${name}.` : name.slice(0, 60);
    files[`${name}.h`] = `extern int top_${i};\n`;
    files[`${name}.c`] = `#include <${name}.h>\nint top_${i};\n`;
    files[`d/${directory}/a.h`] = `extern int below_${i};\n`;
    files[`d/${directory}/a.c`] = `#include "a.h"\nint below_${i};\n`;
  }
  return files;
}

const stems = { 'src/a.c': 'int a_c;\n', 'src/a.cpp': 'int a_cpp;\n', 'src/a.cc': 'int a_cc;\n' };
const manySources = Array.from({ length: 70 }, (_, i): [string, string] => [
  `src/unit${i}.c`,
  `#include "part${i % 7}.h"\nint unit${i} = PART;\n`,
]);
const partHeaders = Array.from({ length: 7 }, (_, i): [string, string] => [
  `src/part${i}.h`,
  `#include "common.h"\n#define PART ${i}\n`,
]);

/** What is to be built by both modes, and to the same. */
const projects: Readonly<Record<string, Given>> = {
  'names that mean something to shells, Nix, make or gcc': { files: hostileFiles() },
  'sources of one stem': { files: { 'src/main.c': program(), ...stems } },
  'a source in two targets, of different flags': {
    files: {
      'makenix.json': config({
        targets: {
          one: { sources: ['src/*.c'], defines: { ONE: true } },
          two: { sources: ['src/*.c'], defines: { TWO: '"a \\"b\\" $c"' } },
          three: { sources: ['src/*.c'], defines: { ONE: true } },
        },
      }),
      'src/main.c': program('#ifdef ONE', '#include "one.h"', '#endif'),
      'src/other.c': 'int other;\n',
      'src/one.h': constant,
    },
  },
  'sources that others include': {
    files: {
      'makenix.json': config({ included: ['src/part.c'], targets: { main: { sources: ['src/*.c'] } } }),
      'src/main.c': program('#include "part.c"', '#include "../lib/no-object.c"', '#include "beside.c"'),
      'src/part.c': 'static const int part __attribute__((unused)) = 1;\n',
      'src/beside.c': 'static const int beside __attribute__((unused)) = 1;\n',
      'lib/no-object.c': '#include "no-object.h"\n',
      'lib/no-object.h': constant,
    },
  },
  'includes through macros': {
    files: {
      'makenix.json': oneTarget({ defines: { CONFIG: '"conf/c.h"', DIRECTORY: 'sub' }, include: ['.'] }),
      'src/main.c': program(
        ...['#define TEXT(x) #x', '#define IN(x) TEXT(x/h.h)', '#include IN(DIRECTORY)', '#include CONFIG'],
        ...['#include "names.h"', '#include NAMED'],
      ),
      'src/names.h': '#define NAMED <conf/named.h>\n',
      'src/sub/h.h': '',
      'conf/c.h': constant,
      'conf/named.h': '',
    },
  },
  '__has_include of what is there and what is not': {
    files: {
      'src/main.c': program(
        ...['#if __has_include("there.h")', '#include "there.h"', '#endif'],
        ...['#if __has_include("not-there.h") || __has_include(<not/there.h>)', '#include "never.h"', '#endif'],
        ...['#if !__has_include("not-there.h")', '#include "otherwise.h"', '#endif'],
      ),
      'src/there.h': '',
      'src/otherwise.h': constant,
      'src/never.h': '#error never\n',
    },
  },
  '__has_include by another name': {
    files: {
      'makenix.json': oneTarget({ defines: { 'HAS(x)': '__has_include(x)' } }),
      'src/main.c': program('#if HAS("there.h")', '#include "more.h"', '#else', '#error "it is not there"', '#endif'),
      'src/there.h': '',
      'src/more.h': '',
    },
  },
  "headers in place of the system's, for the project and for the system's own": {
    files: {
      'makenix.json': oneTarget({ include: ['include'], cflags: ['-iquote', 'quoted'] }),
      'src/main.c': program(
        '#include <stdio.h>',
        '#include <stddef.h>',
        '#include <sys/stat.h>',
        '#include "stdlib.h"',
      ),
      'include/features.h': '#include_next <features.h>\n#include "beside.h"\n',
      'include/beside.h': 'extern int beside;\n',
      'include/stddef.h': '#include_next <stddef.h>\n',
      'include/bits/types.h': '#include_next <bits/types.h>\n',
      'quoted/stdlib.h': '#include <stdlib.h>\n',
      'quoted/linux/stat.h': '#include <linux/stat.h>\n',
    },
  },
  'search directories by all flags that gcc has for them': {
    files: {
      'makenix.json': oneTarget({
        cflags: [
          ...['-I', 'a', '-Ib/', '-I./c2/../c2', '-isystem', 'd', '-isysteme', '-idirafter', 'f', '-iquote', 'g'],
          ...['--include-directory=h', '-Wp,-Ii', '-Xpreprocessor', '-Ij', '-Inowhere'],
        ],
      }),
      'src/main.c': program(
        ...'abdefhij'.split('').map((name) => `#include <${name}.h>`),
        '#include "g.h"',
        '#include <c2.h>',
      ),
      ...Object.fromEntries(
        ['a', 'b', 'c2', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((name) => [
          `${name}/${name}.h`,
          `#include <errno.h>\n`,
        ]),
      ),
      'h/features.h': '#include_next <features.h>\n',
      'i/errno.h': '#include_next <errno.h>\n',
      'f/stdio.h': '#error never\n',
    },
  },
  'search directories by rarer spellings, in the way of the system': {
    files: {
      'makenix.json': oneTarget({ cflags: ['--include-directory=h', '-Wp,-Ii', '-Xpreprocessor', '-Ij'] }),
      'src/main.c': program('#include <stdio.h>', '#include <errno.h>', '#include <limits.h>'),
      'h/features.h': '#include_next <features.h>\n',
      'i/bits/errno.h': '#include_next <bits/errno.h>\n',
      'j/linux/limits.h': '#include_next <linux/limits.h>\n',
    },
  },
  'files that flags include': {
    files: {
      'makenix.json': oneTarget({
        cflags: [
          ...['-include', 'conf/a.h', '-imacros', 'conf/b.h', '-includeconf/c.h', '--include=conf/d.h'],
          ...['-Wp,-include,conf/e.h', '-Xpreprocessor', '-include', '-Xpreprocessor', 'conf/f.h'],
        ],
      }),
      'src/main.c': program(),
      'conf/b.h': '#include "inner.h"\n',
      'conf/inner.h': '',
      ...Object.fromEntries(['a', 'c', 'd', 'e', 'f'].map((name) => [`conf/${name}.h`, `extern int ${name};\n`])),
    },
  },
  'twins that say #pragma once': {
    files: {
      'src/main.c': program('#include "a.h"', '#include "twin/a.h"', '#include "twin/b.h"'),
      'src/a.h': '#pragma once\n',
      'src/twin/a.h': '#pragma once\n',
      'src/twin/b.h': '#pragma once\n',
    },
  },
  'what is asked for, and not included': {
    files: {
      'makenix.json': oneTarget({ include: ['include'] }),
      'src/main.c': program(
        ...['#include "has.h"', '#if !__has_include("a.h") || !HAS(<b.h>)', '#error "they are not there"', '#endif'],
        ...['#pragma GCC dependency "c.h"'],
      ),
      'src/has.h': '#define HAS(x) __has_include(x)\n',
      ...{ 'src/a.h': '', 'include/b.h': '', 'include/a.h': '', 'src/c.h': '' },
    },
  },
  'what the assembler reads, and what counting decides on': {
    files: {
      'src/main.c': program(
        ...['#define DATA(f) __asm__(".incbin \\"" f "\\"");', 'DATA("src/" "data.inc")', 'int n = __COUNTER__;'],
        ...['#if __COUNTER__ == 1', '#include "one.h"', '#else', '#include "none.h"', '#endif'],
      ),
      ...{ 'src/data.inc': 'data', 'src/one.h': '', 'src/none.h': '' },
    },
  },
  'paths that go up and down': {
    files: {
      'makenix.json': oneTarget({ include: ['src/../include/./'] }),
      'src/main.c': program(
        '#include "sub/../a.h"',
        '#include "sub/b.h"',
        '#include "../include/../include/c.h"',
        '#include <x/../c.h>',
        '#include <x/d.h>',
      ),
      'src/a.h': '',
      'src/sub/b.h': '#include "../a.h"\n',
      'include/c.h': '',
      'include/x/d.h': '',
    },
  },
  'text that only some standards take for directives': {
    files: {
      'makenix.json': oneTarget({ cflags: ['-std=gnu89'] }),
      'src/main.c': program(
        ...[
          '/* it */ %:include "a.h"',
          '#inc\\',
          'lude "b.h"',
          '#include "c.h" /* over',
          'lines */',
          '/*',
          '#include "n.h"',
          '*/',
        ],
        ...[
          'char *s = "/* \\" // #include";',
          '#if 0',
          "#error don't",
          '#include "n.h"',
          '#endif',
          '#warning said by the compile',
        ],
      ),
      'src/a.h': '\uFEFF#include "d.h"\r\n',
      'src/b.h': '#define A ??/\n#define B\n#ifdef A\n#include "d.h"\n#endif\n',
      'src/c.h': '#include "d.h"',
      'src/d.h': '#ifndef D\n#define D\n_Pragma("GCC poison poisoned")\n#endif',
    },
  },
  'pragmas among the text': {
    files: {
      'src/main.c': program(
        '_Pragma("GCC diagnostic push") int x; _Pragma("GCC diagnostic ignored \\"-Wunused\\"")',
        '#include "a.h"',
        'int y; _Pragma("GCC diagnostic pop")',
        '#if 1',
        '#include "b.h"',
        '#endif',
      ),
      'src/a.h': '_Pragma("once")\n#include "b.h"\n',
      'src/b.h': '#pragma once\n',
    },
  },
  'C++, with raw strings': {
    files: {
      'makenix.json': config({
        targets: { main: { sources: ['src/*.cpp', 'src/*.cc', 'src/*.C'], cflags: ['-O1'], cxxflags: ['-std=c++17'] } },
      }),
      'src/main.cpp': '#include <vector>\n#include "a.hpp"\nint main() { return int(std::vector<int>{}.size()); }\n',
      'src/a.hpp':
        '#pragma once\nstatic const char *const text [[maybe_unused]] = R"x(\n#include "n.h"\n)" )x";\nstatic const int n [[maybe_unused]] = 1\'000;\n#include "b.tpp"\n',
      'src/b.tpp': '',
      'src/b.cc': 'int b;\n',
      'src/c.C': '#include "a.hpp"\nint c;\n',
    },
  },
  'a chain of static and shared libraries': {
    files: {
      'makenix.json': config({
        cflags: ['-fPIC'],
        targets: {
          main: { sources: ['src/main.c'], libs: ['top', 'plain'], ldflags: ['-Wl,-E'] },
          top: { kind: 'shared-library', sources: ['src/top.c'], libs: ['middle', '-lm'] },
          middle: { kind: 'static-library', sources: ['src/middle.cpp'], libs: ['libbase'] },
          libbase: { kind: 'shared-library', sources: ['src/base.c'] },
          plain: { kind: 'static-library', sources: ['src/plain.c', 'src/base.c'], libs: ['-lm'] },
        },
      }),
      'src/main.c': 'int top(void), plain(void);\nint main(void) { return top() + plain(); }\n',
      'src/top.c': 'int middle(void);\nint top(void) { return middle(); }\n',
      'src/middle.cpp': 'extern "C" int base(void);\nextern "C" int middle(void) { return base(); }\n',
      'src/base.c': 'int base(void) { return 0; }\n',
      'src/plain.c': 'int plain(void) { return 0; }\n',
    },
  },
  'a makenix.json of comments, trailing commas and text that looks like either': {
    files: {
      'makenix.json': `\uFEFF// { "targets": { } }\r
        { /* ** / // " */ "name": "x", /**/
          "defines": { "A": "/* no */", "B": "// no", "C": "\\"a, ]\\"", "D": ",}", "E": "\\\\", "F": "\${x} ''\${y}", "G": "\\u00fc" , },
          "cflags": ["-O1", /***/ "-g",], // ${'x'.repeat(20_000)}
          /* ${'y * / '.repeat(5000)} */
          "targets": { "main": { "sources": ["src/main.c" , ] , }, } , }
        // the end`,
      'src/main.c': program(),
    },
  },
  'a tree without makenix.json': {
    files: {
      'src/main.c': program('#include "a.h"'),
      'src/deep/er/b.c': '#include "../../a.h"\n',
      'src/a.h': constant,
    },
  },
  'a tree whose sources are at the top': {
    files: {
      'main.c': program('#include "a.h"', '#include "sub/b.h"'),
      'a.h': constant,
      'sub/b.h': '',
      'sub/no.c': '#error\n',
    },
  },
  'a directory whose name can be none of a program': { files: { 'src/main.c': program() }, name: 'two  wörds.' },
  'a hidden directory': { files: { 'src/main.c': program() }, name: '.hidden' },
  'links to files': {
    files: {
      'src/main.c': program('#include "link.h"', '#include "sub/there.h"'),
      'real/a.h': '#include "beside.h"\n',
      'real/b.h': '',
      'src/beside.h': constant,
      'src/sub/c.h': '',
    },
    links: { 'src/link.h': '../real/a.h', 'src/sub/there.h': '../../real/b.h' },
  },
  'names that are directories': {
    files: {
      'makenix.json': config({ include: ['.', 'i'], targets: { main: { sources: ['src/main.cpp'] } } }),
      'src/main.cpp': '#include <vector>\n#include <a.h>\nint main() { return 0; }\n',
      'vector/x.h': '',
      'a.h/x.h': '',
      'i/a.h': '',
    },
  },
  'targets whose names mean something to Nix': {
    files: {
      'makenix.json': config({
        targets: Object.fromEntries(
          [
            'targets',
            'package',
            'makenix',
            'out',
            'outPath',
            'type',
            'name',
            'system',
            'or',
            'rec',
            'toString',
            '2048',
            'a=b',
          ]
            .concat('a?b', 'x'.repeat(100))
            .map((name) => [name, { sources: ['src/*.c'] }]),
        ),
      }),
      'src/main.c': program(),
    },
  },
  "directories that are ignored, by their own name or an editor's": {
    files: {
      'makenix.json': config({ ignore: ['src/*_old', '**/tests'], targets: { main: { sources: ['src/**'] } } }),
      'src/main.c': program(),
      'src/x_old/main.c': '#error not\n',
      'src/deep/tests/main.c': '#error not\n',
      'src/backup~/main.c': '#error not\n',
    },
  },
  'sources in several parts': {
    files: {
      'makenix.json': config({
        ignore: ['src/old/**', 'src/*_test.c', './tmp/'],
        targets: { main: { sources: ['src/**', '!src/not.c'] }, few: { sources: ['src/{main,unit[12]}.c'] } },
      }),
      ...Object.fromEntries([...manySources, ...partHeaders]),
      'src/main.c': program('#include "common.h"'),
      'src/common.h': '',
      'src/not.c': '#error not\n',
      'src/a_test.c': '#error not\n',
      'src/old/main.c': '#error not\n',
      'tmp/main.c': '#error not\n',
    },
  },
};

// Libraries of the system, where there are any to be had by pkg-config.
const findsPackages = spawnSync('pkg-config', ['--exists', 'zlib', 'ncurses']).status === 0;
const ofPackages: Readonly<Record<string, Given>> = {
  'packages of the system': {
    files: {
      'makenix.json': config({
        packages: ['zlib'],
        targets: {
          main: { sources: ['src/main.c'], libs: ['screen'], packages: ['zlib'] },
          screen: {
            kind: 'static-library',
            sources: ['src/screen.c'],
            packages: [{ nixpkgs: 'ncurses.dev', 'pkg-config': 'ncurses' }],
          },
        },
      }),
      'src/main.c': program('#include <zlib.h>'),
      'src/screen.c': '#include <curses.h>\nint screen;\n',
    },
  },
};

/** What cannot be built, and is the same for all that. */
const broken: Readonly<Record<string, Given>> = {
  'a header that is not there': {
    files: {
      'makenix.json': config({ targets: { main: { sources: ['src/*.c'] } } }),
      'src/main.c': program('#include "a.h"', '#include "nowhere.h"', '#include <b.h>', '#include "c.h"'),
      'src/good.c': '#include "c.h"\n',
      'src/a.h': '',
      'src/c.h': '',
      // Found by nobody: the name is right, the place is not.
      'b.h': '',
    },
  },
  'an #error, and headers before and after it': {
    files: { 'src/main.c': program('#include "a.h"', '#error no', '#include "b.h"'), 'src/a.h': '', 'src/b.h': '' },
  },
  'a comment without an end': {
    files: { 'src/main.c': `${program('#include "a.h"')}/* #include "b.h"`, 'src/a.h': '' },
  },
  'directives without an end': {
    files: {
      'src/main.c': '#include "a.h"\n#if 1\n#else\n#else\n#include "b.h"\n',
      'src/a.h': '#if 1\n',
      'src/b.h': '',
    },
  },
  'a directory that no step has': {
    files: { 'src/main.c': program('#include "sub/../a.h"'), 'src/a.h': '', 'src/sub/b.h': '' },
  },
};

const anyFile = {
  headers: [
    'src/a.h',
    'src/b.h',
    'inc/a.h',
    'inc/b.h',
    'alt/a.h',
    'alt/b.h',
    'inc/sub/c.h',
    'inc/stdarg.h',
    'alt/features.h',
  ],
  sources: ['src/one.c', 'src/two.c', 'src/sub/three.c', 'alt/four.cpp'],
};
const anyPath = fc.constantFrom(...anyFile.headers, ...anyFile.sources);
const operand = fc.constantFrom('a.h', 'b.h', 'sub/c.h', '../src/a.h', 'stdarg.h', 'features.h');
const include = fc
  .tuple(operand, fc.boolean())
  .map(([name, isQuoted]) => `#include ${isQuoted ? `"${name}"` : `<${name}>`}`);
const line = fc.oneof(
  { weight: 6, arbitrary: include },
  {
    weight: 2,
    arbitrary: fc.tuple(operand, include).map(([name, then]) => `#if __has_include("${name}")\n${then}\n#endif`),
  },
  { weight: 1, arbitrary: operand.map((name) => `#if __has_include_next(<${name}>)\n#include_next <${name}>\n#endif`) },
  { weight: 1, arbitrary: include.map((then) => `#ifdef SWITCH\n${then}\n#endif`) },
  { weight: 1, arbitrary: fc.constantFrom('#define SWITCH', '#undef SWITCH', '#define NAME "b.h"\n#include NAME') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('extern int x;', '// a comment', '/* #include "a.h" */', 'extern char y; /*\n*/'),
  },
);
/** No two texts are ever the same: see the test of twins. */
let texts = 0;
const contents = fc
  .array(line, { maxLength: 5 })
  .map((lines) => () => `#pragma once\n/* ${texts++} */\n${lines.join('\n')}\n`);
const edit = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), path: anyPath, text: contents }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('append' as const), path: anyPath, more: line }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), path: anyPath }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), path: anyPath, to: anyPath }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('flags' as const),
      flags: fc.constantFrom([], ['-DSWITCH'], ['-include', 'inc/a.h'], ['-iquote', 'alt'], ['-isystem', 'inc/sub']),
      directories: fc.constantFrom(['inc', 'alt'], ['alt', '.'], ['src/../inc'], []),
    }),
  },
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

const randomConfig = (cflags: readonly string[], directories: readonly string[]): string =>
  config({
    targets: {
      all: { kind: 'static-library', sources: ['**'], include: directories, cflags },
      one: { kind: 'shared-library', sources: ['src/*.c'], cflags },
    },
  });

function apply(project: TestProject, change: Edit): void {
  if (change.kind === 'flags') project.write('makenix.json', randomConfig(change.flags, change.directories));
  else if (change.kind === 'write') project.write(change.path, change.text());
  else if (!project.exists(change.path)) return;
  else if (change.kind === 'append') project.append(change.path, `${change.more}\n`);
  else if (change.kind === 'remove') project.remove(change.path);
  else project.rename(change.path, change.to);
}

// Nix 2.26 has dynamic derivations, but does not build what a build has made one of: there is nothing to compare.
if (process.env['MAKENIX_TEST_NIX'] === '2.26') {
  it('is refused by name by a Nix that cannot', async () => {
    const project = copyFixture('hello');
    const refused = await makenix(['build', '--dynamic', '--json', ...projectOptions(project)]);
    expect(refused.exitCode).toBe(2);
    const failures = eventsOf(refused.events, 'failure').map(({ failure }) => failure);
    expect(failures).toEqual([
      { kind: 'dynamic-unsupported', found: expect.stringMatching(/^2\.26\./) as string, needed: '2.30' },
    ]);
    // Nor is that in the way of building without it.
    expect(await build(project)).toMatchObject({ outcome: 'built', failed: [] });
  });
} else {
  describe('an object is one derivation, made statically or dynamically', () => {
    it.each(['hello', 'mixed'])('in fixtures/%s', async (fixture) => {
      for (const first of modes)
        expect(await compare(copyFixture(fixture), first)).toMatchObject([{ outcome: 'built' }, {}]);
    });

    it.each(Object.entries({ ...projects, ...(findsPackages ? ofPackages : {}) }))('with %s', async (name, given) => {
      // Either may come second: half of them each.
      const [before] = await compare(projectGiven(given), modes[name.length % 2]);
      expect(before, JSON.stringify(before.events)).toMatchObject({ outcome: 'built', failed: [] });
    });

    it.each(Object.entries(broken))('though it cannot be built, with %s', async (name, given) => {
      const [before] = await compare(projectGiven(given), modes[name.length % 2]);
      expect(before).toMatchObject({ outcome: 'failed', outputs: [] });
    });

    it('in random trees, after random edits', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.dictionary(anyPath, contents, { minKeys: 5, maxKeys: 11 }),
          fc.array(fc.array(edit, { minLength: 1, maxLength: 2 }), { minLength: 4, maxLength: 4 }),
          async (tree, rounds) => {
            const project = projectOf({
              'makenix.json': randomConfig([], ['inc', 'alt']),
              'src/main.c': program('#include "a.h"'),
            });
            for (const [path, text] of Object.entries(tree)) project.write(path, text());
            for (const [i, edits] of [[], ...rounds].entries()) {
              for (const change of edits) apply(project, change);
              await compare(project, modes[i % 2]);
            }
          },
        ),
        { numRuns: 6, seed: 1, endOnFailure: true },
      );
      // Sixty builds, in half of which Nix starts a process a stage.
    }, 300_000);

    it.each([1, 2])('in the tree of the other random edits (seed %i)', async (seed) => {
      const project = projectOf(randomProjectFiles);
      const random = seededRandom(seed);
      for (let i = 0; i < 8; i++) {
        const what = randomEdit(project, random);
        await compare(project, modes[i % 2]).catch((cause: unknown) => {
          throw new Error(`after ${what}`, { cause });
        });
      }
    });
  });

  describe('and where it is not', () => {
    it('a counted name is not foreseen by dynamic mode, and it says so', async () => {
      const project = projectOf({ 'src/a.c': program(), 'src/a.cpp': 'int a;\n', 'src/a.cpp.c': 'int b;\n' });
      expect(await buildIn('static', project)).toMatchObject({ outcome: 'built' });
      const { exitCode, stderr } = await makenix(['build', '--dynamic', ...projectOptions(project)]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(
        'the object of src/a.cpp would be called src/a.cpp.2.o, which dynamic mode cannot foresee',
      );
    });

    it.each<[string, Given]>([
      [
        'a file that no compiler reads, by its extension',
        {
          files: {
            'src/main.c': program('#if __has_include("notes.md")', '#include "a.h"', '#endif'),
            'src/notes.md': '',
            'src/a.h': '',
          },
        },
      ],
      [
        'what is ignored, and so not looked for',
        {
          files: {
            'makenix.json': config({
              ignore: ['vendor'],
              targets: { main: { sources: ['src/main.c'], include: ['vendor', 'node_modules/x'] } },
            }),
            'src/main.c': program('#include <v.h>', '#include <n.h>'),
            'vendor/v.h': '',
            'node_modules/x/n.h': '',
          },
        },
      ],
      [
        'what lies behind a link to a directory',
        {
          files: { 'src/main.c': program('#include "linked/a.h"'), 'other/a.h': '' },
          links: { 'src/linked': '../other' },
        },
      ],
    ])('%s is not there for dynamic mode', async (_, given) => {
      const project = projectGiven(given);
      await buildIn('static', project);
      await buildIn('dynamic', project);
      const [objects, others] = [await staticDerivations(project), dynamicDerivations(project)];
      expect(Object.keys(others).sort()).toEqual(Object.keys(objects).sort());
      expect(others['src/main.o']).not.toBe(objects['src/main.o']);
    });
  });
}
