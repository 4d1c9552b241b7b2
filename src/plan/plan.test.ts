import { describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import type { BuildPlan, LinkStep } from '../model/plan.ts';
import type { Config } from './config-schema.ts';
import { makePlan } from './plan.ts';

const paths = (files: readonly string[]) => files.map(trustedProjectPath);

function planned(config: Config | undefined, files: readonly string[], name = 'demo'): BuildPlan {
  const result = makePlan({ config }, name, paths(files));
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

function refused(config: Config | undefined, files: readonly string[]) {
  const result = makePlan({ config }, 'demo', paths(files));
  return result.ok ? undefined : result.failure;
}

const compile = (plan: BuildPlan, name: string) => plan.compiles.find((step) => step.name === name)!;
const product = (plan: BuildPlan, name: string) => plan.products.find((step) => step.name === name)!;
const link = (plan: BuildPlan, name: string) => product(plan, name) as LinkStep;

describe('a project without a configuration', () => {
  it('is one executable of all that is in src/', () => {
    expect(
      planned(undefined, ['src/hello.c', 'src/hello.h', 'src/net/tcp.cpp', 'src/.tmp/x.c', 'test/t.c', 'top.c']),
    ).toEqual({
      project: 'demo',
      targets: [{ name: 'demo', kind: 'executable', step: 'demo' }],
      compiles: [
        {
          kind: 'compile',
          name: 'src/hello.o',
          source: 'src/hello.c',
          language: 'c',
          flags: ['-O2', '-g'],
          packages: [],
          options: 'demo',
          target: 'demo',
        },
        {
          kind: 'compile',
          name: 'src/net/tcp.o',
          source: 'src/net/tcp.cpp',
          language: 'c++',
          flags: ['-O2', '-g'],
          packages: [],
          options: 'demo c++',
          target: 'demo',
        },
      ],
      products: [
        {
          kind: 'link',
          name: 'demo',
          path: 'demo',
          inputs: ['src/hello.o', 'src/net/tcp.o'],
          form: 'executable',
          tool: 'c++',
          flags: [],
          systemLibraries: [],
          packages: [],
        },
      ],
    });
  });

  it('is made of the sources at the top where src/ has none', () => {
    const plan = planned(undefined, ['b.cc', 'a.c', 'src/only.h', 'sub/c.c']);
    expect(plan.compiles.map(({ source }) => source)).toEqual(['a.c', 'b.cc']);
  });

  it('needs a source somewhere', () => {
    expect(refused(undefined, ['README', 'src/a.h', 'sub/c.c'])).toEqual({ kind: 'no-sources', root: '' });
    expect(refused({}, [])).toEqual({ kind: 'no-sources', root: '' });
  });

  it('is called by a legal name', () => {
    expect(planned(undefined, ['a.c'], 'My Project!')).toMatchObject({
      project: 'My-Project',
      targets: [{ name: 'My-Project' }],
    });
  });

  it('takes the defaults of a configuration without targets, which have the last word', () => {
    const plan = planned(
      {
        name: 'lua',
        include: ['inc'],
        cflags: ['-O0'],
        cxxflags: ['-std=c++20'],
        ldflags: ['-s'],
        defines: { A: 1 },
        packages: ['zlib'],
      },
      ['src/a.c', 'src/b.cpp'],
    );
    expect(plan.project).toBe('lua');
    expect(compile(plan, 'src/a.o').flags).toEqual(['-Iinc', '-DA=1', '-O2', '-g', '-O0']);
    expect(compile(plan, 'src/b.o').flags).toEqual(['-Iinc', '-DA=1', '-O2', '-g', '-O0', '-std=c++20']);
    expect(link(plan, 'lua')).toMatchObject({ flags: ['-s'], packages: [{ attribute: 'zlib', pkgConfig: 'zlib' }] });
  });
});

describe('flags', () => {
  it('come in a fixed order: position independence, include, defines, defaults, own, C++', () => {
    const config: Config = {
      include: ['inc'],
      defines: { SHARED: true, GONE: true, OVER: 1 },
      cflags: ['-g'],
      cxxflags: ['-std=c++17'],
      targets: {
        foo: {
          kind: 'shared-library',
          sources: ['*.c', '*.cpp'],
          include: ['.', 'src/../lib/'],
          defines: { GONE: false, OVER: 'two', OWN: '"s p"', EMPTY: '', OFF: false },
          cflags: ['-O2'],
          cxxflags: ['-fno-rtti'],
        },
      },
    };
    const plan = planned(config, ['a.c', 'b.cpp']);
    const c = ['-fPIC', '-Iinc', '-I.', '-Ilib', '-DSHARED', '-DOVER=two', '-DOWN="s p"', '-DEMPTY=', '-g', '-O2'];
    expect(compile(plan, 'a.o').flags).toEqual(c);
    expect(compile(plan, 'b.o').flags).toEqual([...c, '-std=c++17', '-fno-rtti']);
  });

  it('are none for a target that names none', () => {
    expect(compile(planned({ targets: { a: { sources: ['a.c'] } } }, ['a.c']), 'a.o').flags).toEqual([]);
  });

  it('treat a directory outside the project as a bug: readConfig refuses it', () => {
    expect(() => makePlan({ config: { include: ['../x'] } }, 'p', paths(['a.c']))).toThrow('../x');
  });
});

describe('objects', () => {
  it('are shared by targets that compile a source alike', () => {
    const plan = planned({ targets: { one: { sources: ['*.c'] }, two: { sources: ['b.c', 'a.c'] } } }, ['a.c', 'b.c']);
    expect(plan.compiles.map(({ name, target }) => [name, target])).toEqual([
      ['a.o', 'one'],
      ['b.o', 'one'],
    ]);
    expect(product(plan, 'two').inputs).toEqual(['a.o', 'b.o']);
  });

  it('are apart where flags or packages differ', () => {
    const plan = planned(
      {
        targets: {
          one: { sources: ['a.c'] },
          tests: { sources: ['a.c'], defines: { TEST: true } },
          zipped: { sources: ['a.c'], packages: ['zlib'] },
          again: { sources: ['a.c'], cflags: ['-DTEST'] },
        },
      },
      ['a.c'],
    );
    expect(plan.products.map(({ name, inputs }) => [name, ...inputs])).toEqual([
      ['one', 'a.o'],
      ['tests', 'a.tests.o'],
      ['zipped', 'a.zipped.o'],
      ['again', 'a.tests.o'],
    ]);
  });

  it('of C are shared where only C++ flags differ', () => {
    const plan = planned(
      { targets: { one: { sources: ['a.c', 'b.cc'] }, two: { sources: ['a.c', 'b.cc'], cxxflags: ['-std=c++20'] } } },
      ['a.c', 'b.cc'],
    );
    expect(product(plan, 'two').inputs).toEqual(['a.o', 'b.two.o']);
  });

  it('give way to a target of the same name', () => {
    const plan = planned({ targets: { 'a.o': { sources: ['a.c'] } } }, ['a.c']);
    expect(product(plan, 'a.o').inputs).toEqual(['a.2.o']);
  });

  it('of one package asked for twice ask once', () => {
    const plan = planned({ packages: ['zlib'], targets: { a: { sources: ['a.c'], packages: ['x', 'zlib'] } } }, [
      'a.c',
    ]);
    expect(compile(plan, 'a.o').packages.map(({ attribute }) => attribute)).toEqual(['zlib', 'x']);
  });
});

describe('products', () => {
  const files = ['main.c', 'a.c', 'b.c', 'c.cpp', 's.c'];

  it('come libraries first, and targets in the order of the configuration', () => {
    const plan = planned(
      {
        targets: {
          app: { sources: ['main.c'], libs: ['a'] },
          a: { kind: 'static-library', sources: ['a.c'], libs: ['b'] },
          b: { kind: 'shared-library', sources: ['b.c'] },
        },
      },
      files,
    );
    expect(plan.targets.map(({ name }) => name)).toEqual(['app', 'a', 'b']);
    expect(plan.products.map(({ name, path, kind }) => [name, path, kind])).toEqual([
      ['b', 'libb.so', 'link'],
      ['a', 'liba.a', 'archive'],
      ['app', 'app', 'link'],
    ]);
  });

  it('link what their static libraries need, but leave a shared one its own', () => {
    const plan = planned(
      {
        packages: ['common'],
        targets: {
          app: { sources: ['main.c'], libs: ['-lm', 'a', '-lapp'], ldflags: ['-Wl,-E'], packages: ['p'] },
          a: { kind: 'static-library', sources: ['a.c'], libs: ['-lm', 's', 'b'], packages: ['q', 'p'] },
          b: {
            kind: 'static-library',
            sources: ['b.c'],
            libs: ['-lz'],
            packages: [{ nixpkgs: 'R', 'pkg-config': 'r' }],
          },
          s: { kind: 'shared-library', sources: ['s.c'], libs: ['deep', '-ldl'], packages: ['hidden'] },
          deep: { kind: 'static-library', sources: ['c.cpp'] },
        },
      },
      files,
    );
    expect(link(plan, 'app')).toEqual({
      kind: 'link',
      name: 'app',
      path: 'app',
      inputs: ['main.o', 'a', 's', 'b'],
      form: 'executable',
      tool: 'cc',
      flags: ['-Wl,-E'],
      systemLibraries: ['-lapp', '-lm', '-lz'],
      packages: [
        { attribute: 'q', pkgConfig: 'q' },
        { attribute: 'p', pkgConfig: 'p' },
        { attribute: 'common', pkgConfig: 'common' },
        { attribute: 'R', pkgConfig: 'r' },
      ],
    });
    expect(link(plan, 's')).toMatchObject({
      form: 'shared-library',
      path: 'libs.so',
      tool: 'c++',
      inputs: ['s.o', 'deep'],
      systemLibraries: ['-ldl'],
    });
    expect(product(plan, 'a')).toEqual({ kind: 'archive', name: 'a', path: 'liba.a', inputs: ['a.o'] });
  });

  it('are linked as C++ when a static library has C++ in it', () => {
    const plan = planned(
      {
        targets: {
          app: { sources: ['main.c'], libs: ['a'] },
          a: { kind: 'static-library', sources: ['a.c'], libs: ['cpp'] },
          cpp: { kind: 'static-library', sources: ['c.cpp'] },
          plain: { sources: ['main.c'] },
        },
      },
      files,
    );
    expect(link(plan, 'app').tool).toBe('c++');
    expect(link(plan, 'plain').tool).toBe('cc');
  });
});

describe('a configuration that cannot be planned', () => {
  const files = ['a.c', 'b.c'];
  const lib = { kind: 'static-library', sources: ['a.c'] } as const;

  it.each<readonly [string, Config, unknown]>([
    [
      'sources that are not there',
      { targets: { a: { sources: ['a.c', 'gone.c'] } } },
      { kind: 'target-without-sources', target: 'a', patterns: ['gone.c'] },
    ],
    [
      'patterns that match nothing',
      { targets: { a: { sources: ['x/*.c', 'y/*.c'] } } },
      { kind: 'target-without-sources', target: 'a', patterns: ['x/*.c', 'y/*.c'] },
    ],
    [
      'a library that is no target',
      { targets: { a: { sources: ['a.c'], libs: ['b'] } } },
      { kind: 'unknown-target', target: 'b', known: ['a'] },
    ],
    [
      'a library that is an executable',
      { targets: { a: { sources: ['a.c'], libs: ['b'] }, b: { sources: ['b.c'] } } },
      { kind: 'not-a-library', target: 'a', library: 'b' },
    ],
    [
      'libraries in a circle',
      { targets: { a: { ...lib, libs: ['b'] }, b: { ...lib, libs: ['a'] } } },
      { kind: 'library-cycle', targets: ['a', 'b'] },
    ],
    [
      'a library that uses itself',
      { targets: { a: { ...lib, libs: ['a'] } } },
      { kind: 'library-cycle', targets: ['a'] },
    ],
    [
      'two targets that make one file',
      { targets: { foo: lib, libfoo: lib } },
      { kind: 'duplicate-name', name: 'libfoo.a', owners: ['foo', 'libfoo'] },
    ],
    [
      "a target called like another's file",
      { targets: { 'libfoo.a': { sources: ['a.c'] }, foo: lib } },
      { kind: 'duplicate-name', name: 'libfoo.a', owners: ['libfoo.a', 'foo'] },
    ],
  ])('%s', (_name, config, failure) => {
    expect(refused(config, files)).toEqual(failure);
  });
});
