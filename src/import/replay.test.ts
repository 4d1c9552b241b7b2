import { describe, expect, it } from 'vitest';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import type { ProgramId, TraceEvent } from '../record/trace.ts';
import { importBuild } from './import-build.ts';
import { replay } from './replay.ts';

const root = createMemoryFiles(createManualClock()).root;
const at = (path: string): string => (path.startsWith('/') ? path : `${root}/${path}`);

/** A trace in the making: paths are the project's own. */
class Trace {
  readonly events: TraceEvent[] = [];
  #programs = 0;

  /** `make` that starts the rest. */
  constructor() {
    this.run('make -j2', { parent: undefined });
  }

  run(
    line: string,
    {
      parent = 0,
      directory = '',
      reads = [],
      writes = [],
      environment = {},
    }: {
      parent?: ProgramId | undefined;
      directory?: string;
      reads?: readonly string[];
      writes?: readonly string[];
      environment?: Readonly<Record<string, string>>;
    } = {},
  ): this {
    const program = this.#programs++;
    const argv = line.split(' ');
    const started = { program, parent: program === 0 ? undefined : parent, executable: `/usr/bin/${argv[0] ?? ''}` };
    const where = { directory: directory === '' ? root : at(directory), environment, responseFiles: new Map() };
    this.events.push({ kind: 'started', ...started, argv, ...where });
    for (const path of reads) this.events.push({ kind: 'read', program, path: at(path) });
    for (const path of writes) this.events.push({ kind: 'write', program, path: at(path) });
    return this;
  }

  move(from: string, to: string): this {
    this.run(`mv ${from} ${to}`);
    this.events.push({ kind: 'rename', program: this.#programs - 1, from: at(from), to: at(to) });
    return this;
  }

  link(target: string, path: string): this {
    this.run(`ln -s ${target} ${path}`);
    this.events.push({ kind: 'symlink', program: this.#programs - 1, target, path: at(path) });
    return this;
  }

  /** The plan, where these files are there when the build is over. */
  plan(...there: readonly string[]): RecordedPlan {
    const files = createMemoryFiles(createManualClock(), Object.fromEntries(there.map((path) => [path, path])));
    return importBuild(this.events, replay(root, this.events), files, ['make']);
  }
}

const problems = ({ notUnderstood }: RecordedPlan): readonly unknown[] =>
  notUnderstood.map(({ problem, targets }) => [problem, targets]);

const product = ({ products }: RecordedPlan, name: string) => products.find((each) => each.name === name);

describe('steps', () => {
  it('are what is there in the end, and what that is made from', () => {
    const plan = new Trace()
      .run('cc -c a.c -o a.o')
      .run('cc -c probe.c -o probe.o')
      .run('cc -o probe probe.o')
      .run('cc -o prog a.o')
      .plan('a.c', 'a.o', 'prog', 'probe.c');
    expect(Object.keys(plan.objects)).toEqual(['a.o']);
    expect(plan.products.map(({ name, target }) => [name, target])).toEqual([['prog', true]]);
    expect(problems(plan)).toEqual([]);
  });

  it('are called after where their outputs were moved to, and found where they were', () => {
    const plan = new Trace()
      .run('cc -c a.c -o tmp.o')
      .run('cc -o first tmp.o')
      .move('tmp.o', 'out/a.o')
      .run('cc -c b.c -o tmp.o')
      .run('cc -o second tmp.o out/a.o')
      .plan('a.c', 'b.c', 'out/a.o', 'tmp.o', 'first', 'second');
    expect(product(plan, 'first')).toMatchObject({ inputs: ['out/a.o'], aliases: { 'tmp.o': 'out/a.o' } });
    expect(product(plan, 'second')).toMatchObject({ inputs: ['tmp.o', 'out/a.o'], arguments: ['tmp.o', 'out/a.o'] });
  });

  it('are two where one path was made twice and both were used', () => {
    const plan = new Trace()
      .run('cc -c x.c -o t.o')
      .run('ar q l.a t.o', { writes: ['l.a'], reads: ['l.a'] })
      .run('cc -DX -c x.c -o t.o')
      .run('ar q l.a t.o', { reads: ['l.a'], writes: ['l.a'] })
      .plan('x.c', 't.o', 'l.a');
    expect(product(plan, 'l.a')?.inputs).toEqual(['t.o~2', 't.o']);
    expect(plan.options[plan.objects['t.o']?.options ?? '']?.flags).toEqual(['-DX']);
  });

  it('take objects and libraries that nobody was seen to make as they are, and say so once for each', () => {
    const plan = new Trace()
      .run('cc -c a.c -o a.o')
      .run('cc -o one a.o unseen.o libold.a')
      .run('cc -o two a.o unseen.o -Wl,--version-script=two.map')
      .plan('a.c', 'a.o', 'unseen.o', 'libold.a', 'two.map', 'one', 'two');
    expect(product(plan, 'one')?.files).toEqual(['libold.a', 'unseen.o']);
    const because = 'is made by no step, and taken as it is: nothing that was recorded made it';
    expect(problems(plan)).toEqual([
      [`libold.a ${because}`, ['one']],
      [`unseen.o ${because}`, ['one', 'two']],
    ]);
  });

  it('begin an archive anew that ar writes before it reads it', () => {
    const plan = new Trace()
      .run('cc -c a.c')
      .run('cc -c b.c')
      .run('ar cr l.a a.o', { writes: ['l.a'] })
      .run('ar cr l.a b.o', { writes: ['l.a'] })
      .plan('a.c', 'b.c', 'a.o', 'b.o', 'l.a');
    expect(product(plan, 'l.a')?.inputs).toEqual(['b.o']);
  });

  it('have no two inputs at one path: an object before and after objcopy', () => {
    const plan = new Trace()
      .run('cc -c a.c -o a.o')
      .run('ar q l.a a.o', { writes: ['l.a'] })
      .run('objcopy --prefix-symbols=p_ a.o')
      .run('ar q l.a a.o', { reads: ['l.a'] })
      .plan('a.c', 'a.o', 'l.a');
    const inputs = product(plan, 'l.a')?.inputs ?? [];
    expect(inputs).toEqual(['a.o', 'a']);
    expect(product(plan, 'a')?.path).toMatch(/^earlier\/\d+\/a\.o$/);
  });

  it('come after what they are made from, where one call makes several', () => {
    const plan = new Trace()
      .run('cc -c a.c')
      .run('ar cr l.a a.o', { writes: ['l.a'] })
      .run('objcopy --redefine-sym a=b l.a m.a')
      .plan('a.c', 'a.o', 'l.a', 'm.a');
    expect(plan.products.map(({ name }) => name)).toEqual(['l.a', 'a', 'm.a']);
  });

  it('write beside their output and rename: the tool makes it', () => {
    const trace = new Trace().run('cc -c a.c').run('ar cr l.a a.o', { writes: ['tmp'] });
    trace.events.push({ kind: 'rename', program: 2, from: at('tmp'), to: at('l.a') });
    expect(product(trace.plan('a.c', 'a.o', 'l.a'), 'l.a')?.inputs).toEqual(['a.o']);
  });

  it('follow directories that are links', () => {
    const plan = new Trace()
      .run('cc -shared -o lib/liba.so a.c')
      .link('lib', 'lib64')
      .run('cc -o prog p.c -Llib64 -la', { reads: ['lib64/liba.so'] })
      .plan('a.c', 'p.c', 'lib/liba.so', 'lib64/liba.so', 'prog');
    expect(product(plan, 'prog')).toMatchObject({
      inputs: ['prog-p.o', 'liba.so'],
      aliases: { 'lib64/liba.so': 'liba.so' },
    });
  });

  it('give a shared library that is linked by its path a soname', () => {
    const plan = new Trace()
      .run('cc -shared -o lib/liba.so a.c')
      .run('cc -shared -o lib/libb.so b.c')
      .run('cc -o prog p.c lib/liba.so -Llib -lb', { reads: ['lib/libb.so'] })
      .plan('a.c', 'b.c', 'p.c', 'lib/liba.so', 'lib/libb.so', 'prog');
    expect(product(plan, 'liba.so')?.arguments).toContain('-Wl,-soname,liba.so');
    expect(product(plan, 'libb.so')?.arguments).not.toContain('-Wl,-soname,libb.so');
  });

  it('read what the environment says, which is nothing where it is empty', () => {
    const environment = { CPATH: '', C_INCLUDE_PATH: 'inc:', LIBRARY_PATH: 'libs' };
    const plan = new Trace().run('cc -o prog a.c', { environment }).plan('a.c', 'prog');
    expect(Object.values(plan.options).map(({ flags }) => flags)).toEqual([['-isystem', 'inc', '-isystem', '.']]);
    expect(product(plan, 'prog')?.arguments).toEqual(['prog-a.o', '-Llibs']);
  });

  it('have the files that the compiler reads and does not tell of', () => {
    const plan = new Trace()
      .run('cc -c -fprofile-use=a.gcda -specs=own.specs -fplugin=plug.so a.c', { reads: ['own.specs', 'blob.bin'] })
      .run('cc -c -fprofile-use=profiles b.c')
      .run('cc -o prog a.o b.o')
      .plan('a.c', 'b.c', 'a.o', 'b.o', 'a.gcda', 'own.specs', 'blob.bin', 'plug.so', 'profiles/x.gcda', 'prog');
    expect(plan.objects['a.o']?.files).toEqual(['a.gcda', 'blob.bin', 'own.specs']);
    expect(plan.objects['b.o']?.files).toBeUndefined();
    // What a plan says is also what a compiler is asked with outside of a sandbox.
    expect(Object.values(plan.options).map(({ flags }) => flags)).toEqual([
      ['-fprofile-use=a.gcda'],
      ['-fprofile-use=profiles'],
    ]);
    expect(problems(plan)).toEqual([
      [expect.stringMatching(/^"-fplugin=plug.so" has the compiler run or load/), ['prog']],
      [expect.stringMatching(/^"-specs=own.specs" has the compiler run or load/), ['prog']],
      ['the compiler reads the directory profiles, which no step has', ['prog']],
    ]);
  });

  it('have groups of options whose names can be read back', () => {
    const plan = new Trace().run('cc -c a.c', { directory: 'prototype' }).run('cc -o prog prototype/a.o');
    expect(plan.plan('prototype/a.c', 'prototype/a.o', 'prog').objects).toMatchObject({
      'prototype/a.o': { options: './prototype' },
    });
  });
});

describe('what is not understood', () => {
  it('is told once for all steps that have it, with the products that it touches', () => {
    const plan = new Trace()
      .run('cc --coverage -c a.c')
      .run('cc --coverage -c b.c')
      .run('cc --coverage -c c.c')
      .run('ar cr l.a a.o', { writes: ['l.a'] })
      .run('cc -o prog l.a b.o')
      .run('cc -o other d.c')
      .plan('a.c', 'b.c', 'd.c', 'a.o', 'b.o', 'l.a', 'prog', 'other');
    expect(problems(plan)).toEqual([
      ['notes for gcov (--coverage, .gcno) are not kept, and counts are not written: build without', ['l.a', 'prog']],
    ]);
  });

  it('is of no interest where nothing comes of it', () => {
    const plan = new Trace()
      .run('cc -c /tmp/conftest.c -o conftest.o')
      .run('as -o both.o one.s two.s')
      .run('cc -o prog a.c')
      .plan('a.c', 'prog', 'conftest.o');
    expect(problems(plan)).toEqual([]);
  });

  it('is an object of a source from elsewhere, which is taken as it is', () => {
    const plan = new Trace()
      .run('cc -c /usr/src/x.c -o x.o')
      .run('cc -o prog a.c x.o', { reads: ['x.o'] })
      .plan('a.c', 'x.o', 'prog');
    expect(product(plan, 'prog')?.files).toEqual(['x.o']);
    expect(problems(plan)).toEqual([['/usr/src/x.c is not in the project: what it makes is taken as it is', ['prog']]]);
  });

  it('is a source that is gone, and a file that a link read', () => {
    const plan = new Trace()
      .run('cc -c gen.c')
      .run('cc -o prog gen.o -Wl,--version-script=v.map', { reads: ['gen.o', 'v.map'] })
      .plan('gen.o', 'prog');
    expect(plan.objects).toEqual({});
    expect(product(plan, 'prog')?.files).toEqual(['gen.o']);
    expect(problems(plan)).toEqual([
      ['gen.c, of which gen.o is made, is gone when the build is over: it is taken as it is', ['prog']],
      ['v.map, which prog is made with, is gone when the build is over', ['prog']],
    ]);
  });
});

describe('generators', () => {
  const generators = ({ generators: all }: RecordedPlan): readonly unknown[] =>
    all.map(({ inputs, products, outputs }) => [Object.keys(inputs), products, outputs]);

  it('are recipes that read files of the project and write what steps may read', () => {
    const plan = new Trace()
      .run('sh gen.sh', { reads: ['gen.sh', 'in.txt'], writes: ['made.h.tmp'] })
      .move('made.h.tmp', 'made.h')
      .run('cc -o prog a.c')
      .plan('gen.sh', 'in.txt', 'made.h', 'a.c', 'prog');
    expect(generators(plan)).toEqual([[['gen.sh', 'in.txt'], [], ['made.h']]]);
  });

  it('hang on what their inputs are made from, where those are made', () => {
    const plan = new Trace()
      .run('sed one', { reads: ['first.txt'], writes: ['second.txt'] })
      .run('sed two', { reads: ['second.txt'], writes: ['made.h'] })
      .run('cc -o prog a.c')
      .plan('first.txt', 'second.txt', 'made.h', 'a.c', 'prog');
    expect(generators(plan)).toEqual([[['first.txt'], [], ['second.txt']]]);
  });

  it('are one where they are the same, and none where much of the project is summed up', () => {
    const many = Array.from({ length: 21 }, (_, i) => `src/${String(i)}.h`);
    const plan = new Trace()
      .run('sed one', { reads: ['a.in'], writes: ['a.h'] })
      .run('sed one', { reads: ['a.in'], writes: ['a.h'] })
      .run('sh stamp.sh', { reads: many, writes: ['stamp.c'] })
      .run('cc -c stamp.c')
      .run('cc -o prog stamp.o')
      .plan('a.in', 'a.h', ...many, 'stamp.c', 'stamp.o', 'prog');
    expect(generators(plan)).toEqual([[['a.in'], [], ['a.h']]]);
    expect(problems(plan)).toEqual([
      ['stamp.c is made from 21 files of the project, and made anew by makenix import only', ['prog']],
    ]);
  });

  it('are translations to assembly and runs of the preprocessor too', () => {
    const plan = new Trace()
      .run('cc -S low.c -o low.s', { writes: ['low.s'] })
      .run('cc -E -P map.in.S -o map.S', { writes: ['map.S'] })
      .run('cc -o prog low.s map.S')
      .plan('low.c', 'low.s', 'map.in.S', 'map.S', 'prog');
    expect(generators(plan)).toEqual([
      [['low.c'], [], ['low.s']],
      [['map.in.S'], [], ['map.S']],
    ]);
  });
});

it('knows the files that define the build, and those of known names that they mention', () => {
  const trace = new Trace();
  trace.events.push({ kind: 'read', program: 0, path: at('Makefile') });
  const plan = trace.run('cc -o prog a.c').plan('Makefile', 'a.c', 'prog', 'other.txt');
  expect(Object.keys(plan.definition)).toEqual(['Makefile']);
});
