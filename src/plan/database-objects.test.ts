import { describe, expect, it } from 'vitest';
import type { Config } from './config-schema.ts';
import { makePlan } from './plan.ts';
import type { RecordedPlan } from './recorded-schema.ts';

const recorded: RecordedPlan = {
  version: 1,
  command: [],
  compileCommands: 'build/compile_commands.json',
  options: {
    build: { language: 'c', directory: 'build', flags: ['-O2'] },
    'build 2': { language: 'c', directory: 'build', flags: ['-O2', '-fPIC'] },
    cxx: { language: 'c++', flags: [] },
  },
  objects: {
    'build/app/main.o': { source: 'src/main.c', options: 'build' },
    'build/app/util.o': { source: 'src/util.c', options: 'build' },
    'build/lib/util.o': { source: 'src/util.c', options: 'build 2' },
    'tool.o': { source: 'tools/tool.cpp', options: 'cxx' },
    'again.o': { source: 'tools/tool.cpp', options: 'cxx' },
  },
  products: [],
  definition: {},
  generators: [],
  notUnderstood: [],
};

const made = (config: Config) => makePlan({ config, recorded }, 'demo', []);

describe('targets of a compilation database without links', () => {
  it('are made of its compiles, with its flags and the links of makenix.json', () => {
    const plan = made({
      cflags: ['-ignored'],
      packages: ['zlib'],
      targets: {
        app: { sources: ['src/main.c', 'build/app/*'], libs: ['util', '-lm'], ldflags: ['-Wl,-E'] },
        util: { kind: 'shared-library', sources: ['build/lib/**'], packages: ['libpng'] },
        tool: { sources: ['tools/*.cpp'] },
      },
    });
    expect(plan).toMatchObject({
      ok: true,
      value: {
        targets: [{ name: 'app' }, { name: 'util' }, { name: 'tool' }],
        compiles: [
          { name: 'again.o', source: 'tools/tool.cpp', language: 'c++', flags: [], target: 'tool' },
          { name: 'build/app/main.o', directory: 'build', flags: ['-O2'], options: 'build (app)', target: 'app' },
          { name: 'build/app/util.o', packages: [{ attribute: 'zlib' }] },
          {
            name: 'build/lib/util.o',
            flags: ['-O2', '-fPIC'],
            packages: [{ attribute: 'zlib' }, { attribute: 'libpng' }],
          },
        ],
        products: [
          { name: 'util', form: 'shared-library', inputs: ['build/lib/util.o'] },
          {
            name: 'app',
            inputs: ['build/app/main.o', 'build/app/util.o', 'util'],
            flags: ['-Wl,-E'],
            systemLibraries: ['-lm'],
            tool: 'cc',
          },
          { name: 'tool', tool: 'c++', inputs: ['again.o'] },
        ],
      },
    });
  });

  it('have to say which compile of a source is meant', () => {
    expect(made({ targets: { app: { sources: ['src/*.c'] } } })).toEqual({
      ok: false,
      failure: {
        kind: 'ambiguous-source',
        target: 'app',
        source: 'src/util.c',
        objects: ['build/app/util.o', 'build/lib/util.o'],
      },
    });
  });

  it('are refused where there is nothing to make them of, or several of one name', () => {
    expect(made({ targets: { app: { sources: ['other/*.c'] } } })).toMatchObject({
      failure: { kind: 'target-without-sources', target: 'app', patterns: ['other/*.c'] },
    });
    expect(made({})).toEqual({
      ok: false,
      failure: { kind: 'database-unusable', file: 'build/compile_commands.json', problem: 'no-links' },
    });
    expect(made({ compileCommands: 'build/compile_commands.json', targets: { a: { sources: ['src/*'] } } })).toEqual({
      ok: false,
      failure: { kind: 'database-overwritten', file: 'build/compile_commands.json' },
    });
  });

  it('are one too many beside a plan that has links', () => {
    const product = {
      name: 'x',
      path: 'x',
      form: 'executable',
      target: true,
      inputs: [],
      tool: 'cc',
      arguments: [],
    } as const;
    const whole: RecordedPlan = { ...recorded, products: [{ ...product, inputs: [], arguments: [] }] };
    const config: Config = { targets: { app: { sources: ['src/*.c'] } } };
    expect(makePlan({ config, recorded: whole }, 'demo', [])).toMatchObject({ failure: { kind: 'two-plans' } });
  });
});
