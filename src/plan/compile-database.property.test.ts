import fc from 'fast-check';
import { expect, it } from 'vitest';
import { databaseObjects } from '../import/database/database-objects.ts';
import { readDatabase } from '../import/database/entries.ts';
import { stepName, trustedProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import { printCompileDatabase } from './compile-database.ts';
import { planOfRecord } from './recorded-plan.ts';

const drivers = { cc: '/usr/bin/cc', cxx: '/usr/bin/c++', packageFlags: () => [] };

const step = (more: Partial<CompileStep>): CompileStep => ({
  kind: 'compile',
  name: stepName('src/a.o'),
  source: trustedProjectPath('src/a.c'),
  language: 'c',
  flags: [],
  packages: [],
  options: '',
  target: '',
  ...more,
});

it('has one entry a compile, by output, as the step is called', () => {
  const inBuild = { directory: trustedProjectPath('build'), name: stepName('build/x/b.o'), flags: ['-I../inc'] };
  const steps = [
    step({ flags: ['-DX="a b"'] }),
    step({ ...inBuild, language: 'c++', source: trustedProjectPath('src/b.cpp') }),
  ];
  const packageFlags = ({ language }: CompileStep) => (language === 'c' ? ['-isystem', '/opt/z/include'] : []);
  expect(JSON.parse(printCompileDatabase('/project', steps, { ...drivers, packageFlags }))).toEqual([
    {
      directory: '/project/build',
      file: '../src/b.cpp',
      arguments: ['/usr/bin/c++', '-I../inc', '-c', '-o', 'x/b.o', '../src/b.cpp'],
      output: 'x/b.o',
    },
    {
      directory: '/project',
      file: 'src/a.c',
      arguments: ['/usr/bin/cc', '-DX="a b"', '-isystem', '/opt/z/include', '-c', '-o', 'src/a.o', 'src/a.c'],
      output: 'src/a.o',
    },
  ]);
});

const directory = fc
  .constantFrom(undefined, 'build', 'src', 'src/deep')
  .map((path) => path && trustedProjectPath(path));
const flag = fc.oneof(
  fc.constantFrom('-O2', '-g', '-Wall', '-std=c11', '-fPIC', '-Iinc', '-I.', '-pthread', '-DNAME', '-ffast-math'),
  fc.string({ unit: 'grapheme' }).map((text) => `-DTEXT="${text.replace(/\0/g, '')}"`),
);

it('reads back as the same steps', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', '-c', '@d', 'e f', 'g~2', '$h'), { minLength: 1 });
  const steps = names.chain((all) =>
    fc.tuple(
      ...all.map((name) =>
        fc
          .record({ directory, language: fc.constantFrom('c' as const, 'c++' as const), flags: fc.array(flag) })
          .map((more) =>
            step({
              name: stepName(`out/${name}.o`),
              source: trustedProjectPath(`${name}.${more.language === 'c' ? 'c' : 'cpp'}`),
              language: more.language,
              flags: more.flags,
              ...(more.directory === undefined ? {} : { directory: more.directory }),
            }),
          ),
      ),
    ),
  );
  const files = createMemoryFiles(createManualClock());
  const machine = { read: () => undefined, exists: () => false, isDirectory: () => false, which: () => undefined };
  fc.assert(
    fc.property(steps, (compiles) => {
      const text = printCompileDatabase(files.root, compiles, drivers);
      const entries = readDatabase('compile_commands.json', text);
      if (!entries.ok) throw new Error(JSON.stringify(entries.failure));
      const { plan } = databaseObjects(files.root, entries.value, files.root, machine);
      expect(plan.notUnderstood).toEqual([]);
      const recorded = { version: 1, command: [], products: [], definition: {}, generators: [], ...plan };
      const back = planOfRecord(recorded, 'demo', []).compiles.map((each) => ({ ...each, options: '' }));
      const sorted = [...compiles].sort((a, b) => (a.name < b.name ? -1 : 1));
      expect(back).toEqual(sorted);
    }),
  );
});
