import { describe, expect, it } from 'vitest';
import { emptyGraph, type UnitInputs } from '../graph/include-graph.ts';
import { stepName, trustedProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, paths, type MemoryFiles } from '../testing/fakes/memory-files.ts';
import { compileOf } from '../testing/fakes/steps.ts';
import { FileIndex } from './file-index.ts';
import { realPathIn } from './real-path.ts';
import { unitsToRescan, type Appearance } from './rescan.ts';

interface Unit {
  readonly headers?: readonly string[];
  readonly system?: readonly string[];
  readonly flags?: readonly string[];
}

interface World {
  /** Contents of the files that units read; a source that is not named is empty. */
  readonly files?: Readonly<Record<string, string>>;
  /** To directories. */
  readonly links?: Readonly<Record<string, string>>;
  /** By source, without `.c`. */
  readonly units: Readonly<Record<string, Unit>>;
}

interface Change {
  readonly edit?: (files: MemoryFiles) => void;
  readonly appearances?: readonly Appearance[];
  readonly directories?: boolean;
  readonly relinked?: readonly string[];
}

const added = (path: string): Appearance => ({ path: trustedProjectPath(path), change: 'added' });
const removed = (path: string): Appearance => ({ path: trustedProjectPath(path), change: 'removed' });

/** `a.o: why modified`, in order and each once. */
function rescanned(
  { files = {}, links = {}, units }: World,
  { edit, appearances = [], directories = false, relinked = [] }: Change,
): string[] {
  const sources = Object.keys(units);
  const memory = createMemoryFiles(createManualClock(), {
    ...Object.fromEntries(sources.map((source) => [`${source}.c`, ''])),
    ...files,
  });
  for (const [link, target] of Object.entries(links)) memory.link(trustedProjectPath(link), target);
  const graph = emptyGraph.with(
    new Map(
      Object.entries(units).map(([name, { headers = [], system = [] }]): [ReturnType<typeof stepName>, UnitInputs] => [
        stepName(`${name}.o`),
        { source: trustedProjectPath(`${name}.c`), headers: paths(...headers), system },
      ]),
    ),
  );
  const index = new FileIndex(memory, createManualClock());
  const read = [...new Set(sources.flatMap((name) => [`${name}.c`, ...(units[name]?.headers ?? [])]))];
  index.refresh(paths(...read));
  edit?.(memory);
  const contents = index
    .refresh(paths(...read))
    .filter(({ before, after }) => before !== undefined && after !== undefined);
  const steps = new Map(
    Object.entries(units).map(([name, { flags = [] }]) => [stepName(`${name}.o`), compileOf(`${name}.c`, { flags })]),
  );
  const reasons = unitsToRescan(
    { contents, appearances, directories, relinked: paths(...relinked) },
    graph,
    index,
    steps,
    {
      isThere: (path) => memory.stat(path) !== undefined,
      realPath: realPathIn(memory),
    },
  );
  return [...new Set(reasons.map(({ step, path, change }) => `${step}: ${path} ${change}`))].sort(bytewise);
}

describe('a file whose contents changed', () => {
  const world: World = {
    files: { 'a.c': '#include "h.h"\n', 'h.h': '#include "k.h"\nint h;\n', 'k.h': '' },
    units: { a: { headers: ['h.h', 'k.h'] }, b: { headers: ['k.h'] }, c: {} },
  };

  it('concerns its readers where its directives did', () => {
    expect(rescanned(world, { edit: (files) => files.put('h.h', 'int h;\n') })).toEqual(['a.o: h.h modified']);
    expect(rescanned(world, { edit: (files) => files.put('k.h', '#define K\n') })).toEqual([
      'a.o: k.h modified',
      'b.o: k.h modified',
    ]);
    expect(rescanned(world, { edit: (files) => files.put('c.c', '#include "k.h"\n') })).toEqual(['c.o: c.c modified']);
  });

  it('concerns nobody where its body alone did', () => {
    const edit = (files: MemoryFiles): void => files.put('h.h', '#include "k.h"\n/* more */ int h, i;\n');
    expect(rescanned(world, { edit })).toEqual([]);
  });

  it('concerns its readers where one of their files counts expansions', () => {
    const files = { ...world.files, 'k.h': '#if __COUNTER__ == 3\n#include "x.h"\n#endif\n' };
    const edit = (memory: MemoryFiles): void => memory.put('h.h', '#include "k.h"\nint h, i;\n');
    expect(rescanned({ ...world, files }, { edit })).toEqual(['a.o: h.h modified']);
    const editOther = (memory: MemoryFiles): void => memory.put('c.c', 'int c;\n');
    expect(rescanned({ ...world, files }, { edit: editOther })).toEqual([]);
  });

  it('concerns its readers where it has the assembler read a file, and where it did', () => {
    const assembles = '#include "k.h"\n__asm__(".incbin \\"blob\\"");\n';
    const plain = '#include "k.h"\nint h;\n';
    const versions: readonly (readonly [string, string])[] = [
      [plain, assembles],
      [assembles, plain],
      [assembles, `${assembles}int h;\n`],
    ];
    for (const [before, after] of versions) {
      const edit = (memory: MemoryFiles): void => memory.put('h.h', after);
      const files = { ...world.files, 'h.h': before };
      expect(rescanned({ ...world, files }, { edit })).toEqual(['a.o: h.h modified']);
    }
  });

  it('concerns its readers where what is a directive cannot be told', () => {
    const files = { ...world.files, 'k.h': '/* no end' };
    const edit = (memory: MemoryFiles): void => memory.put('k.h', '/* no end, again');
    expect(rescanned({ ...world, files }, { edit })).toEqual(['a.o: k.h modified', 'b.o: k.h modified']);
  });
});

describe('a file that is gone', () => {
  it('concerns its readers', () => {
    const world: World = { units: { a: { headers: ['inc/h.h'] }, b: {} } };
    expect(rescanned(world, { appearances: [removed('inc/h.h')] })).toEqual(['a.o: inc/h.h removed']);
  });

  it('concerns who names it otherwise', () => {
    const flags = ['-Iinc'];
    const world: World = { files: { 'b.c': '#if __has_include("h.h")\n#endif\n' }, units: { a: {}, b: { flags } } };
    expect(rescanned(world, { appearances: [removed('inc/h.h')] })).toEqual(['b.o: inc/h.h removed']);
  });
});

describe('a file that is new', () => {
  const flags = ['-Iinc', '-isystem', 'lib', '-iquote', 'own'];
  const naming = (text: string, files: World['files'] = {}): World => ({
    files: { 'a.c': text, ...files },
    units: { a: { flags }, b: { flags } },
  });

  it.each([
    ['of the same name', '#include "h.h"\n', 'h.h'],
    ['of the same name in a directory of the search', '#include <h.h>\n', 'lib/h.h'],
    ['of the same name in a directory for quotes', '#include "h.h"\n', 'own/h.h'],
    ['where the operand has directories', '#include <sub/h.h>\n', 'inc/sub/h.h'],
    ['where the operand goes up', '#include "../inc/h.h"\n', 'inc/h.h'],
    ['where the operand goes down and up', '#include "gone/../h.h"\n', 'src/h.h'],
    ['wherever a directory of the operand may lead, as a link', '#include "sub/link/../h.h"\n', 'other/h.h'],
    ['where the operand is not normal', '#include ".//h.h"\n', 'h.h'],
    ['that was asked for', '#if __has_include(<h.h>)\n#endif\n', 'inc/h.h'],
    ['that was included in a group that is skipped', '#if 0\n#include "h.h"\n#endif\n', 'h.h'],
    ['where the file is named by a macro', '#define H "h.h"\n#include H\n', 'unrelated.txt'],
    ['where what is a directive cannot be told', '/* no end', 'unrelated.txt'],
  ])('concerns who names one %s', (_, text, path) => {
    expect(rescanned(naming(text), { appearances: [added(path)] })).toEqual([`a.o: ${path} added`]);
  });

  it.each([
    ['of another name', '#include "h.h"\n', 'inc/i.h'],
    ['whose name only ends alike', '#include "h.h"\n', 'inc/oh.h'],
    ['in another directory', '#include "sub/h.h"\n', 'inc/other/h.h'],
    ['in a directory whose name only ends alike', '#include "sub/h.h"\n', 'inc/xsub/h.h'],
    ['that a comment names', '// #include "h.h"\n', 'h.h'],
    ['in a directory that is not searched', '#include "h.h"\n', 'inc/deep/h.h'],
    ['in a directory that is searched for quotes only', '#include <h.h>\n', 'own/h.h'],
    ['beside it, in angles', '#include <h.h>\n', 'h.h'],
  ])('does not concern who names one %s', (_, text, path) => {
    expect(rescanned(naming(text), { appearances: [added(path)] })).toEqual([]);
  });

  it('does not concern who finds another one before', () => {
    const before = { 'inc/h.h': '' };
    const world = naming('#include <h.h>\n', before);
    expect(rescanned(world, { appearances: [added('lib/h.h')] })).toEqual([]);
    expect(rescanned(naming('#include "h.h"\n', before), { appearances: [added('own/h.h')] })).toEqual([
      'a.o: own/h.h added',
    ]);
    // The search goes on from where the file itself was found, which nobody knows.
    const next = naming('#include_next <h.h>\n', before);
    expect(rescanned(next, { appearances: [added('lib/h.h')] })).toEqual(['a.o: lib/h.h added']);
    // Gone together with the one before.
    const both = [removed('inc/h.h'), added('lib/h.h')];
    expect(rescanned(naming('#include <h.h>\n'), { appearances: both })).toEqual(['a.o: inc/h.h removed']);
  });

  it('concerns who searches a directory only as the system does, where the flags name it twice', () => {
    const twice = ['-Ilib', '-Iinc', '-isystem', 'lib'];
    const world: World = {
      files: { 'a.c': '#include <h.h>\n', 'lib/h.h': '' },
      units: { a: { flags: twice, headers: ['lib/h.h'] } },
    };
    expect(rescanned(world, { appearances: [added('inc/h.h')] })).toEqual(['a.o: inc/h.h added']);
  });

  it('concerns who searches by flags that are not followed', () => {
    const world: World = { files: { 'a.c': '#include <h.h>\n' }, units: { a: { flags: ['-Wp,-I,odd'] } } };
    expect(rescanned(world, { appearances: [added('odd/h.h')] })).toEqual(['a.o: odd/h.h added']);
  });

  it('concerns who searches where it lies through a link to a directory', () => {
    const world: World = {
      files: { 'a.c': '#include <h.h>\n#include <sub/i.h>\n' },
      links: { inc: 'real/deep', 'real/deep/sub': '../other', real2: '../outside' },
      units: { a: { flags } },
    };
    expect(rescanned(world, { appearances: [added('real/deep/h.h')] })).toEqual(['a.o: real/deep/h.h added']);
    expect(rescanned(world, { appearances: [added('real/other/i.h')] })).toEqual(['a.o: real/other/i.h added']);
    expect(rescanned(world, { appearances: [added('other/i.h')] })).toEqual([]);
  });

  it('concerns a unit through any of its headers', () => {
    const world: World = {
      files: { 'x.h': '#include "h.h"\n' },
      units: { a: { headers: ['x.h'] }, b: { headers: ['y.h'] }, c: { headers: ['x.h', 'y.h'] } },
    };
    expect(rescanned(world, { appearances: [added('h.h')] })).toEqual(['a.o: h.h added', 'c.o: h.h added']);
  });

  it('concerns who includes a system header that it would shadow', () => {
    const world: World = {
      files: { 'a.c': '#include <stdio.h>\n' },
      units: { a: { flags, system: ['/usr/include/stdio.h', '/usr/include/bits/types.h'] }, b: {} },
    };
    expect(rescanned(world, { appearances: [added('src/stdio.h')] })).toEqual([]);
    expect(rescanned(world, { appearances: [added('inc/stdio.h')] })).toEqual(['a.o: inc/stdio.h added']);
    // Named by a system header, which nobody has read for its operands.
    expect(rescanned(world, { appearances: [added('inc/bits/types.h')] })).toEqual(['a.o: inc/bits/types.h added']);
  });

  it.each([
    ['-include', 'inc/force.h'],
    ['-imacros', 'inc/force.h'],
  ])('concerns who is given one by %s, in two arguments or in one', (flag, path) => {
    const world: World = { units: { a: { flags: ['-O2', flag, path] }, b: { flags: [`${flag}${path}`] }, c: {} } };
    expect(rescanned(world, { appearances: [added(path)] })).toEqual([`a.o: ${path} added`, `b.o: ${path} added`]);
    expect(rescanned(world, { appearances: [added('inc/other.h')] })).toEqual([]);
  });

  it('concerns its readers, if it was read before it was listed', () => {
    const world: World = { units: { a: { headers: ['gen/h.h'] }, b: {} } };
    expect(rescanned(world, { appearances: [added('gen/h.h')] })).toEqual(['a.o: gen/h.h added']);
  });
});

describe('a directory that comes or goes', () => {
  const world: World = {
    files: { 'a.c': '#include "new/../h.h"\n', 'b.c': '#include "h.h"\n' },
    units: { a: {}, b: {} },
  };

  it('concerns who includes through `..`', () => {
    const change = { appearances: [added('new/notes.txt')], directories: true };
    expect(rescanned(world, change)).toEqual(['a.o: new/notes.txt added']);
  });

  it('is no other than a file where nothing else appeared', () => {
    expect(rescanned(world, { appearances: [added('old/notes.txt')] })).toEqual([]);
  });

  it('concerns who is given a file through `..`', () => {
    const units = { a: { flags: ['-include', 'new/../force.h'] } };
    const change = { appearances: [added('new/notes.txt')], directories: true };
    expect(rescanned({ units }, change)).toEqual(['a.o: new/notes.txt added']);
  });
});

it('concerns everybody where a link to a directory leads elsewhere', () => {
  expect(rescanned({ units: { a: {}, b: {} } }, { relinked: ['inc'] })).toEqual([
    'a.o: inc modified',
    'b.o: inc modified',
  ]);
});

it('asks for nothing where nothing changed', () => {
  expect(rescanned({ files: { 'a.c': '#define H "h"\n#include H\n' }, units: { a: {} } }, {})).toEqual([]);
});
