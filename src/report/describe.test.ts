import { describe, expect, it } from 'vitest';
import type { Failure } from '../model/failure.ts';
import { stepName, trustedProjectPath } from '../model/ids.ts';
import { describeFailure, exitCode } from './describe.ts';

const inMain = {
  step: stepName('src/main.o'),
  source: trustedProjectPath('src/main.c'),
} as const;

const scanFailed = (output: string, ...errors: readonly (readonly [line: number, column: number, message: string])[]) =>
  ({
    kind: 'scan-failed',
    ...inMain,
    target: 'main',
    diagnostics: errors.map(([line, column, message]) => ({
      severity: 'error',
      file: 'src/main.c',
      line,
      column,
      message,
    })),
    output,
  }) as const satisfies Failure;

describe('a missing header', () => {
  it('is said with the place, who needs it and what to do', () => {
    const output = 'src/main.c:3:10: fatal error: util.h: No such file or directory\n    3 | #include "util.h"\n';
    expect(describeFailure(scanFailed(output, [3, 10, 'util.h: No such file or directory']))).toBe(
      [
        "error: src/main.c:3:10: 'util.h' not found",
        '  needed by src/main.o, part of target main',
        '  hint: if it is elsewhere, add that directory to "include" in makenix.json; where the build was imported, to the flags there',
      ].join('\n'),
    );
  });

  it('may be from a package where it is included with angle brackets', () => {
    const output = 'src/main.c:3:10: fatal error: zlib.h: No such file or directory\n    3 | #include <zlib.h>\n';
    expect(describeFailure(scanFailed(output, [3, 10, 'fatal error: zlib.h: No such file or directory']))).toContain(
      '\n  hint: add the package it is from to "packages", or its directory to "include", in makenix.json; ' +
        'where the build was imported, to the flags there',
    );
  });

  it('is understood as clang says it, and without a column', () => {
    expect(describeFailure(scanFailed('', [3, 0, "'util.h' file not found"]))).toContain(
      "error: src/main.c:3: 'util.h' not found\n",
    );
  });
});

it('leaves what else the compiler says as it wrote it, at the margin', () => {
  const output = '\nsrc/main.c:4:2: error: #error "no"\r\n    4 |\t#error "no"\n      |  ^~~~~\n\n';
  const failure = scanFailed(output, [4, 2, '#error "no"'], [5, 10, 'util.h: No such file or directory']);
  expect(describeFailure(failure)).toBe(
    [
      'error: the compiler cannot read src/main.c',
      'src/main.c:4:2: error: #error "no"',
      '    4 |\t#error "no"',
      '      |  ^~~~~',
      '  needed by src/main.o, part of target main',
    ].join('\n'),
  );
});

/** One of each kind, its exit code, and what its text must tell besides "error". */
const failures: readonly (readonly [failure: Failure, code: 1 | 2 | 3, ...tells: readonly string[]])[] = [
  [
    {
      kind: 'config-invalid',
      file: 'makenix.json',
      line: 3,
      column: 5,
      at: 'targets.lua',
      problem: 'unknown key "cflag"',
      suggestion: 'cflags',
    },
    2,
    'error: makenix.json:3:5: unknown key "cflag"\n',
    '  at targets.lua\n',
    'hint: did you mean "cflags"?',
  ],
  [{ kind: 'no-sources', root: '/home/me/hello' }, 2, 'below /home/me/hello', 'src/'],
  [{ kind: 'no-sources', root: '' }, 2, 'in the project'],
  [{ kind: 'target-without-sources', target: 'lua', patterns: ['a/*.c', 'b.c'] }, 2, 'lua', '"a/*.c", "b.c"'],
  [{ kind: 'unknown-target', target: 'lau', known: ['lua', 'luac'] }, 2, 'lau', 'lua, luac'],
  [{ kind: 'library-cycle', targets: ['a', 'b'] }, 2, 'a → b → a', '"libs"'],
  [{ kind: 'not-a-library', target: 'main', library: 'tool' }, 2, 'tool is not a library', 'needed by target main'],
  [{ kind: 'duplicate-name', name: 'x.o', owners: ['x.c', 'x.cc'] }, 2, 'x.o', 'x.c, x.cc'],
  [scanFailed('', [3, 10, 'util.h: No such file or directory']), 1, "'util.h' not found"],
  [{ kind: 'outside-project', ...inMain, path: '/opt/x.h' }, 1, 'src/main.c reads /opt/x.h', 'needed by src/main.o'],
  [{ kind: 'depfile-malformed', ...inMain, problem: 'no colon' }, 1, 'src/main.c', 'no colon'],
  [
    { kind: 'tool-missing', tool: 'nix', neededBy: 'every build' },
    2,
    'needed by every build',
    'https://nixos.org/download',
  ],
  [{ kind: 'tool-missing', tool: 'pkg-config', neededBy: 'target main' }, 2, 'pkg-config is not on the PATH'],
  [{ kind: 'tool-failed', tool: 'gcc', command: 'gcc -v', output: 'sorry\n' }, 2, 'gcc failed\nsorry\n', 'gcc -v'],
  [{ kind: 'nix-too-old', found: '2.8.0', needed: '2.24' }, 2, 'Nix 2.8.0 is too old', '2.24', 'nixos.org'],
  [{ kind: 'package-missing', name: 'zlib', neededBy: 'target main', output: '' }, 2, 'zlib', 'needed by target main'],
  [{ kind: 'nixpkgs-missing' }, 2, '<nixpkgs>', '--toolchain host'],
  [
    { kind: 'nix-failed', command: 'nix build -f x.nix', exitCode: 1, messages: ['error: a', 'b'] },
    1,
    'exit code 1',
    '\nerror: a\nb\n',
    'nix build -f x.nix',
  ],
  [
    { kind: 'nix-failed', command: 'nix build', exitCode: 1, messages: ['write of 52 bytes: No space left on device'] },
    1,
    'hint: free some space where the store is',
  ],
  [
    {
      kind: 'nix-failed',
      command: 'nix build',
      exitCode: 1,
      messages: Array<string>(2).fill("the group 'nixbld' specified in 'build-users-group' does not exist"),
    },
    1,
    "error: Nix failed (exit code 1)\nthe group 'nixbld' specified in 'build-users-group' does not exist\n  the command",
    'hint: make that group and its users',
    '--store private',
  ],
  [{ kind: 'nix-failed', command: 'nix build', exitCode: undefined, messages: [] }, 1, 'error: Nix was ended\n'],
  [{ kind: 'not-recorded', command: 'busybox make' }, 2, 'nothing of it could be recorded', 'busybox make', 'static'],
  [{ kind: 'build-failed', steps: [stepName('a.o'), stepName('b.o')] }, 1, '2 steps failed to build: a.o, b.o'],
  [{ kind: 'internal', problem: 'TypeError: x\n    at y' }, 3, '\nTypeError: x\n    at y\n', 'report it'],
  [{ kind: 'state-unwritable', path: '.makenix/scan', problem: 'full', reason: 'no-space' }, 2, '.makenix/scan: full'],
  [{ kind: 'already-watched', pid: 12, host: null }, 2, 'process 12'],
  [{ kind: 'already-watched', pid: 12, host: 'box' }, 2, 'process 12 on box'],
  [{ kind: 'already-watched', pid: null, host: null }, 2, 'makenix watch runs in this project\n'],
];

const cases = failures.map(([failure, code, ...tells]) => ({ kind: failure.kind, failure, code, tells }));

describe.each(cases)('$kind', ({ failure, code, tells }) => {
  it('says what, and who needs it or what to do', () => {
    const text = describeFailure(failure);
    expect(text).toMatch(/^error: \S/);
    expect(text.split('\n').length).toBeGreaterThan(1);
    for (const each of tells) expect(text).toContain(each);
  });

  it('has its exit code', () => {
    expect(exitCode(failure)).toBe(code);
  });
});

it("keeps a project's names from acting on the terminal", () => {
  const failure: Failure = { kind: 'unknown-target', target: 'a\x1b[2J\n\u202e', known: ['b\x07'] };
  expect(describeFailure(failure)).toBe(
    'error: there is no target a\\x1b[2J\\x0a\\u202e\n  hint: the targets are b\\x07',
  );
});
