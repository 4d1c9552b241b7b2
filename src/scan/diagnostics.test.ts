import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../model/diagnostic.ts';
import { trustedProjectPath } from '../model/ids.ts';
import { parseDiagnosticLine } from './diagnostics.ts';

type Place = readonly [severity: Diagnostic['severity'], file: string, line: number, column: number, message: string];

describe('parseDiagnosticLine', () => {
  it.each<readonly [line: string, ...Place]>([
    ["src/main.c:3:10: error: 'x' undeclared", 'error', 'src/main.c', 3, 10, "'x' undeclared"],
    ['src/main.c:3: warning: unused', 'warning', 'src/main.c', 3, 0, 'unused'],
    ['src/main.c:3:1: note: declared here', 'note', 'src/main.c', 3, 1, 'declared here'],
    ['src/main.c:3:1: remark: vectorized loop', 'note', 'src/main.c', 3, 1, 'vectorized loop'],
    ['a.c:1:10: fatal error: b.h: No such file or directory', 'error', 'a.c', 1, 10, 'b.h: No such file or directory'],
    ["a.c:1:10: fatal error: 'b.h' file not found", 'error', 'a.c', 1, 10, "'b.h' file not found"],
    ['a.c:9:1: internal compiler error: Killed', 'error', 'a.c', 9, 1, 'internal compiler error: Killed'],
    ['a.c:9:1: sorry, unimplemented: that', 'error', 'a.c', 9, 1, 'sorry, unimplemented: that'],
    ["a.s:2: Error: no such instruction: `x'", 'error', 'a.s', 2, 0, "no such instruction: `x'"],
    ['a.s:2: Warning: w', 'warning', 'a.s', 2, 0, 'w'],
    ['./src/a.c:1:2: error: e', 'error', 'src/a.c', 1, 2, 'e'],
    ['././/src/./a.c:1:2: error: e', 'error', 'src/./a.c', 1, 2, 'e'],
    ['../a.c:1:2: error: e', 'error', '../a.c', 1, 2, 'e'],
    ['/usr/include/a.h:1:2: error: e', 'error', '/usr/include/a.h', 1, 2, 'e'],
    ['my dir: 3/a b:4.c:1:10: error: e', 'error', 'my dir: 3/a b:4.c', 1, 10, 'e'],
    ['é漢.c:1:2: error: ‘ü’', 'error', 'é漢.c', 1, 2, '‘ü’'],
    ['a.c:1:2: note: in b.c:3:4: error: e', 'note', 'a.c', 1, 2, 'in b.c:3:4: error: e'],
    ['a.c:1:2: error: ', 'error', 'a.c', 1, 2, ''],
    ['a.c:1:0: error: e', 'error', 'a.c', 1, 0, 'e'],
    ['a.c:1:2: error: e\r', 'error', 'a.c', 1, 2, 'e'],
    ['a.c:1:2: error: \u2028e', 'error', 'a.c', 1, 2, '\u2028e'],
    ["src/main.c:12: undefined reference to `f'", 'error', 'src/main.c', 12, 0, "undefined reference to `f'"],
    ["/usr/bin/ld: a.c:12: undefined reference to `f'", 'error', 'a.c', 12, 0, "undefined reference to `f'"],
    ["x86_64-linux-gnu-ld.bfd: a.c:1: undefined reference to `f'", 'error', 'a.c', 1, 0, "undefined reference to `f'"],
    ["a.c:1: more undefined references to `f' follow", 'error', 'a.c', 1, 0, "more undefined references to `f' follow"],
    ["a.c:1: multiple definition of `f'; b.o", 'error', 'a.c', 1, 0, "multiple definition of `f'; b.o"],
  ])('reads %j', (text, severity, file, line, column, message) => {
    expect(parseDiagnosticLine(text)).toEqual({ severity, file, line, column, message });
  });

  it.each([
    '',
    'compilation terminated.',
    'In file included from src/a.h:3,',
    'In file included from src/a.h:3:10: note: x',
    '                 from src/main.c:1:',
    "src/main.c: In function 'main':",
    'src/main.cpp:3:5:   required from here',
    '    3 | int x = y;',
    '  123 | puts("a.c:1:2: error: e");',
    '      |         ^ a.c:1:2: error: e',
    'cc1: error: unrecognized command-line option',
    '<command-line>: warning: "A" redefined',
    '<built-in>:1:9: note: previous definition is here',
    '{standard input}:12: Error: no such instruction',
    "src/main.c:(.text+0x5): undefined reference to `f'",
    "/usr/bin/ld: src/main.o: in function `main':",
    'collect2: error: ld returned 1 exit status',
    'a.s: Assembler messages:',
    'a.c:12: all is well',
    'a.c:0:0: error: e',
    ':1:2: error: e',
    './:1:2: error: e',
    'a.c:1:2:error: e',
    'a.c:12345678901: error: e',
  ])('leaves %j alone', (line) => {
    expect(parseDiagnosticLine(line)).toBeUndefined();
  });

  it('takes any line', () => {
    const part = fc.constantFrom(':', '1', '23', ' ', 'error', 'note', ': ', './', 'a', '|', 'ld: ', '<', '>');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join('')),
        ),
        (line) => {
          const found = parseDiagnosticLine(line);
          if (found === undefined) return;
          expect(line).toContain(found.file);
          expect(found.line).toBeGreaterThan(0);
          expect(line.endsWith(found.message)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['server.h:76:10: fatal error: no', 'src/server.h'],
    ['./server.h:76:10: error: no', 'src/server.h'],
    ['../deps/lua/lua.h:1:2: warning: no', 'deps/lua/lua.h'],
    ['/usr/include/stdio.h:1:2: warning: no', '/usr/include/stdio.h'],
    ['../../elsewhere.h:1:2: warning: no', '../../elsewhere.h'],
  ])('names from the project what was named from a directory: %s', (line, file) => {
    expect(parseDiagnosticLine(line, trustedProjectPath('src'))?.file).toBe(file);
  });

  // Each of these takes minutes where a stretch of text is gone through again from each of its places.
  it.each(['1', ':1', ':1:', ': ', ' ', './', ':1:1: ', ':1: error', '<', '|', 'ld', 'ld.'])(
    'gets through much of %j',
    (unit) => {
      for (const after of ['', ': error', 'x']) {
        const found = parseDiagnosticLine(unit.repeat(500_000 / unit.length) + after);
        expect(found === undefined || found.line === 1).toBe(true);
      }
    },
  );
});
