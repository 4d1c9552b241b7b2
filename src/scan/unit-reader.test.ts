import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeFiles } from '../host/node-files.ts';
import type { CompileStep } from '../model/plan.ts';
import { compileOf } from '../testing/fakes/steps.ts';
import { scanWithCompiler } from '../testing/scan.ts';
import type { ScanReport } from './scanner.ts';

/* With the compiler of this machine: what it says, and what it does not, is what this is about. */

let directory = '';
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'makenix-unit-')));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(tree: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
    // All in one second: where that makes a difference, it is looked for.
    utimesSync(join(directory, path), 1, 1);
  }
}

async function scan(source = 'a.c', step: Partial<CompileStep> = {}): Promise<ScanReport> {
  const { reports } = await scanWithCompiler(directory, [compileOf(source, step)]);
  // Nothing temporary is left.
  expect(
    createNodeFiles(directory)
      .list(() => false)
      .filter((path) => path.startsWith('.makenix')),
  ).toEqual([]);
  const [report, ...more] = reports;
  if (report === undefined || more.length > 0) throw new Error(`${reports.length} reports`);
  return report;
}

const headersOf = async (step: Partial<CompileStep> = {}): Promise<readonly string[]> => {
  const { result } = await scan('a.c', step);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value.headers;
};

describe('a file that is asked for', () => {
  it('is an input where it is there, the first of the search, and no other', async () => {
    write({
      'a.c': '#if __has_include(<x.h>) && __has_include("y.h") && !__has_include("z.h")\n#include "b.h"\n#endif\n',
      'b.h': '#define HAS(x) __has_include(x)\n#if HAS(<w.h>)\n#endif\n',
      ...{ 'inc/x.h': '', 'lib/x.h': '', 'y.h': '', 'inc/y.h': '', 'lib/w.h': '', 'x.h': '' },
    });
    expect(await headersOf({ flags: ['-Iinc', '-isystem', 'lib'] })).toEqual(['b.h', 'inc/x.h', 'lib/w.h', 'y.h']);
  });

  it('is any of those behind, where the search goes on', async () => {
    write({
      'a.c': '#include <x.h>\n',
      'one/x.h': '#if __has_include_next(<x.h>)\n#endif\n',
      ...{ 'two/x.h': '', 'three/y.h': '' },
    });
    expect(await headersOf({ flags: ['-Ione', '-Itwo', '-Ithree'] })).toEqual(['one/x.h', 'two/x.h']);
  });

  it('is any file of the project, where a macro names it', async () => {
    write({
      'a.c': '#define NAME "x.h"\n#if __has_include(NAME)\nint x;\n#endif\n',
      ...{ 'x.h': '', 'notes/why.txt': '', 'b.c': '' },
    });
    expect(await headersOf()).toEqual(['b.c', 'notes/why.txt', 'x.h']);
  });

  it('is any file of the project, where a query macro of another file is given a name by a macro', async () => {
    write({
      'a.c': '#include "has.h"\n#define NAME "x.h"\n#if HAS(NAME)\nint x;\n#endif\n',
      ...{ 'has.h': '#define HAS(x) __has_include(x)\n', 'x.h': '', 'other.h': '' },
    });
    expect(await headersOf()).toEqual(['has.h', 'other.h', 'x.h']);
  });

  it('is an input by its date too', async () => {
    write({ 'a.c': '#pragma GCC dependency "grammar.y"\n', 'grammar.y': '' });
    expect(await headersOf()).toEqual(['grammar.y']);
  });

  it('is refused where it is outside the project, with the place that asks', async () => {
    const outside = join(directory, '..', `${directory.slice(directory.lastIndexOf('/') + 1)}.h`);
    writeFileSync(outside, '');
    try {
      const name = outside.slice(outside.lastIndexOf('/') + 1);
      write({ 'a.c': '#include "b.h"\n', 'b.h': `\n#if __has_include("../${name}")\n#endif\n` });
      expect((await scan()).result).toMatchObject({
        ok: false,
        failure: { kind: 'strange-query', source: 'a.c', file: 'b.h', line: 2, path: `../${name}` },
      });
      write({ 'b.h': `#if __has_include("${outside}")\n#endif\n` });
      expect((await scan()).result).toMatchObject({ failure: { kind: 'strange-query', line: 1, path: outside } });
    } finally {
      rmSync(outside);
    }
  });

  it('is none where there is none, or the system has it', async () => {
    write({
      'a.c':
        '#if __has_include("/no/such.h") || __has_include("/usr/include/stdio.h") || __has_include("../n")\n#endif\n',
    });
    const { inputs } = await scan();
    expect(inputs.headers).toEqual([]);
    // Whether the system has it is part of what the object is.
    expect(inputs.system).toEqual(['/usr/include/stdc-predef.h', '/usr/include/stdio.h']);
    write({ 'a.c': '#if __has_include(<stdio.h>) && __has_include("stdlib.h") && __has_include(<none.h>)\n#endif\n' });
    expect((await scan()).inputs.system).toEqual([
      '/usr/include/stdc-predef.h',
      '/usr/include/stdio.h',
      '/usr/include/stdlib.h',
    ]);
  });
});

describe('a file that the assembler reads', () => {
  it('is an input, whatever macros make its name', async () => {
    write({
      'a.c': '#define FILE(f) __asm__(".section .rodata\\n.incbin \\"" f "\\"\\n.text\\n");\nFILE("data/" "x.bin")\n',
      ...{ 'data/x.bin': 'x', 'data/y.bin': 'y' },
    });
    expect(await headersOf()).toEqual(['data/x.bin']);
  });

  it('is not the source by its base name', async () => {
    write({ 'src/a.c': '__asm__(".incbin \\"src/x.bin\\"");\n', 'src/x.bin': '1' });
    expect((await scan('src/a.c')).result).toMatchObject({ ok: true, value: { headers: ['src/x.bin'] } });
  });

  it('is an input by .include, and what that reads', async () => {
    write({
      'a.c': '__asm__(".include \\"one.s\\"");\n',
      ...{ 'inc/one.s': '.include "inc/two.s"\n', 'inc/two.s': '.incbin "z $#.bin"\n', 'z $#.bin': '1' },
    });
    expect(await headersOf({ flags: ['-Iinc'] })).toEqual(['inc/one.s', 'inc/two.s', 'z $#.bin']);
  });

  it('is refused where it is outside the project', async () => {
    write({ 'a.c': '__asm__(".incbin \\"/etc/passwd\\"");\n' });
    expect((await scan()).result).toMatchObject({ failure: { kind: 'outside-project', path: '/etc/passwd' } });
  });

  it('is no reason to fail here where it is missing: the compile does', async () => {
    write({ 'a.c': '__asm__(".incbin \\"none.bin\\"");\n' });
    expect(await headersOf()).toEqual([]);
  });
});

describe('what the compiler itself does not tell', () => {
  it('includes what the count of expansions between directives decides on', async () => {
    write({
      'a.c': 'int x = __COUNTER__;\n#if __COUNTER__ == 1\n#include "one.h"\n#else\n#include "none.h"\n#endif\n',
      ...{ 'one.h': '', 'none.h': '' },
    });
    expect(await headersOf()).toEqual(['one.h']);
  });

  it('fails where what the count decides on cannot be read', async () => {
    write({ 'a.c': 'int x = __COUNTER__;\n#if __COUNTER__ == 1\n#include "none.h"\n#endif\n' });
    const { result, inputs } = await scan();
    expect(result).toMatchObject({
      ok: false,
      failure: { kind: 'scan-failed', diagnostics: [{ file: 'a.c', line: 3 }] },
    });
    expect(inputs.headers).toEqual([]);
  });

  it('includes both of two files that are alike, with all that they include', async () => {
    const alike = '#pragma once\n#include "deep.h"\n';
    write({
      'a.c': '#include "one/h.h"\n#include "two/h.h"\n',
      ...{
        'one/h.h': alike,
        'two/h.h': alike,
        'one/deep.h': '',
        'two/deep.h': '#include "three.h"\n',
        'two/three.h': '',
      },
    });
    const both = ['one/deep.h', 'one/h.h', 'two/deep.h', 'two/h.h', 'two/three.h'];
    expect(await headersOf()).toEqual(both);
    utimesSync(join(directory, 'two/h.h'), 5, 5);
    expect(await headersOf()).toEqual(both);
  });

  it('does so where the unit cannot be scanned', async () => {
    const alike = '#pragma once\n';
    write({
      'a.c': '#include "one/h.h"\n#include "two/h.h"\n#include "none.h"\n',
      ...{ 'one/h.h': alike, 'two/h.h': alike },
    });
    const { result, inputs } = await scan();
    expect(result).toMatchObject({ ok: false, failure: { kind: 'scan-failed' } });
    expect(inputs.headers).toEqual(['one/h.h', 'two/h.h']);
  });

  it('leaves out a file that is alike and never included', async () => {
    write({
      'a.c': '#include "one/h.h"\n#if 0\n#include "two/h.h"\n#endif\n',
      ...{ 'one/h.h': '#pragma once\n', 'two/h.h': '#pragma once\n' },
    });
    expect(await headersOf()).toEqual(['one/h.h']);
  });

  it('finds all of it where the compiler runs in a directory', async () => {
    const alike = '#pragma once\n#include <two/h.h>\n';
    write({
      'src/a.c': 'int x = __COUNTER__;\n#if __COUNTER__ == 1 && __has_include("q.h")\n#include <one/h.h>\n#endif\n',
      ...{ 'src/q.h': '', 'inc/one/h.h': alike, 'inc/two/h.h': alike },
    });
    const flags = ['-I../../inc'];
    mkdirSync(join(directory, 'build/obj'), { recursive: true });
    const { result } = await scan('src/a.c', { flags, directory: 'build/obj' as never });
    expect(result).toMatchObject({ ok: true, value: { headers: ['inc/one/h.h', 'inc/two/h.h', 'src/q.h'] } });
  });

  it('calls a link as it is called', async () => {
    write({ 'a.c': '#include "link.h"\n#include "dir/b.h"\n', 'real/one.h': '', 'real/b.h': '' });
    symlinkSync('real/one.h', join(directory, 'link.h'));
    symlinkSync('real', join(directory, 'dir'));
    expect(await headersOf()).toEqual(['dir/b.h', 'link.h']);
  });
});

describe('a name', () => {
  it('that leads out of the project by a link is refused, of a file or of a directory', async () => {
    write({ 'a.c': '#include "b.h"\n', 'b.h': '#include "link.h"\n' });
    symlinkSync('/etc/hostname', join(directory, 'link.h'));
    const failure = { kind: 'outside-project', source: 'a.c', path: '/etc/hostname' };
    expect((await scan()).result).toMatchObject({ failure: { ...failure, through: 'link.h' } });
    write({ 'b.h': '#if __has_include("dir/hostname")\n#endif\n' });
    symlinkSync('/etc', join(directory, 'dir'));
    expect((await scan()).result).toMatchObject({ failure: { ...failure, through: 'dir/hostname' } });
    rmSync(join(directory, 'a.c'));
    symlinkSync('/etc/hostname', join(directory, 'a.c'));
    expect((await scan()).result).toMatchObject({ failure: { ...failure, through: 'a.c' } });
  });

  it('that leads to what every sandbox has is as good as any', async () => {
    write({ 'a.c': '#include "link.h"\n' });
    symlinkSync('/usr/include/stdint.h', join(directory, 'link.h'));
    expect(await headersOf()).toContain('link.h');
  });

  it('with a line break is refused, of a source and of a header', async () => {
    write({ 'a\n.c': '', 'a.c': '#include <h.h>\n', 'one\ntwo/h.h': '' });
    expect((await scan('a\n.c')).result).toMatchObject({ failure: { kind: 'name-unusable', path: 'a\n.c' } });
    const malformed = { failure: { kind: 'depfile-malformed', source: 'a.c' } };
    expect((await scan('a.c', { flags: ['-Ione\ntwo'] })).result).toMatchObject(malformed);
    // What the compiler prints then looks like two rules, of which the first names what is not there.
    write({ 'one\nb.o: two/h.h': '' });
    const { result } = await scan('a.c', { flags: ['-nostdinc', '-Ione\nb.o: two'] });
    expect(result).toMatchObject({ ok: false });
  });

  it('of bytes that are no UTF-8 is refused, of a source and of a header', async () => {
    write({ 'a.c': '' });
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/b`), Buffer.from([0xff]), Buffer.from('.h')]), '');
    writeFileSync(
      join(directory, 'a.c'),
      Buffer.concat([Buffer.from('#include "b'), Buffer.from([0xff]), Buffer.from('.h"\n')]),
    );
    const failure = { kind: 'name-unusable', source: 'a.c', path: 'b\ufffd.h' };
    expect((await scan()).result).toMatchObject({ failure });
    expect((await scan('b\ufffd.c')).result).toMatchObject({
      failure: { ...failure, source: 'b\ufffd.c', path: 'b\ufffd.c' },
    });
  });
});

describe('C++20 modules', () => {
  const failureOf = async (text: string, flags: readonly string[] = ['-std=c++20']): Promise<unknown> => {
    write({ 'a.cpp': text });
    const { result } = await scan('a.cpp', { flags, language: 'c++' });
    return result.ok ? undefined : result.failure;
  };

  it.each<readonly [text: string, line: number]>([
    ['// of its own\nexport module shapes;\n', 2],
    ['module;\nexport module shapes;\n', 1],
    ['int x;\n\nimport shapes.round:part;\n', 3],
    ['import <vector>;\n', 1],
    ['  export   import /* why */ "a.h" ;\n', 1],
  ])('are refused with the line: %j', async (text, line) => {
    expect(await failureOf(text)).toMatchObject({ kind: 'modules-unsupported', step: 'a.o', source: 'a.cpp', line });
  });

  it('are not seen before C++20', async () => {
    expect(await failureOf('module shapes;\n', ['-std=c++17'])).toBeUndefined();
  });

  it.each([
    '/*\nimport shapes;\n*/\n// import shapes;\nint x;\n',
    '#ifdef MODULES\nimport shapes;\n#endif\n',
    'module->import();\nimport (x);\n',
  ])('are not seen in %j', async (text) => {
    expect(await failureOf(text)).toBeUndefined();
  });
});
