import { planFile } from '../plan/definition-files.ts';
import { printRecordedPlan } from '../plan/recorded-plan.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import type { TestProject } from './project.ts';

/*
 * Definitions of a project, as makenix.json and as a recorded plan, over files of all sorts of names, and edits of both. No
 * compiler ever gets to see them.
 */

type Random = (below: number) => number;
const pick = <T>(random: Random, ...values: readonly T[]): T => values[random(values.length)] as T;
const some = <T>(random: Random, ...values: readonly T[]): T[] => values.filter(() => random(2) === 0);

const sources = ['ü.c', 'two words.c', "it's.c", '-dash.c', '${x}.c', '日本.cc'];
const headers = ['inc/ä.h', 'src/"quoted".h', 'src/none.h'];
const others = ['x.map', 'blob.o'];

const filesBelow: Readonly<Record<string, string>> = {
  ...Object.fromEntries(sources.map((name) => [`src/${name}`, '#include "ä.h"\n'])),
  ...Object.fromEntries([...headers, ...others].map((name) => [name, ''])),
};

const flags = (random: Random): string[] =>
  some(random, '-O2', '-g', '-DTEXT="a b"', "-DC='\\0'", '-DX="${y}"', '-DÜ', '-DE=');

export interface Definition {
  /** The project, to begin with. */
  readonly files: Readonly<Record<string, string>>;
  /** Writes another definition. */
  change(project: TestProject, random: Random): string;
}

function configText(random: Random): string {
  const excluded = some(random, ...sources.slice(1)).map((name) => `!src/${name}`);
  const lib = {
    kind: pick(random, 'static-library', 'shared-library'),
    sources: ['src/*', '!src/*.h', ...excluded],
    cflags: flags(random),
    defines: { NAME: pick<string | number | boolean>(random, '"é ${x}"', 7, true, false) },
    include: ['inc', ...some(random, 'src')],
  };
  const user = {
    sources: ['src/ü.c'],
    cflags: flags(random),
    include: ['inc'],
    libs: some(random, 'lib', '-lm'),
    ldflags: some(random, '-Wl,-E', '-Wl,-rpath,$ORIGIN/../lib'),
  };
  return `${JSON.stringify({ cflags: flags(random), targets: { user, lib } })}\n`;
}

export const configured: Definition = {
  files: { ...filesBelow, 'makenix.json': configText(() => 0) },
  change(project, random) {
    const text = configText(random);
    project.write('makenix.json', text);
    return `makenix.json: ${text}`;
  },
};

function planText(random: Random): string {
  const objects = sources.map((name) => `out/${name}.o`);
  const inLibrary = some(random, ...objects.slice(1));
  const directory = some(random, 'src').map((name) => ({ directory: name }))[0] ?? {};
  const plan: RecordedPlan = {
    version: 1,
    command: [],
    options: {
      c: { language: 'c', flags: ['-Iinc', ...flags(random)] },
      'c ü': { language: 'c++', ...directory, flags: [] },
    },
    objects: Object.fromEntries(
      objects.map((path, i) => [
        path,
        {
          source: `src/${sources[i] ?? ''}`,
          options: pick(random, 'c', 'c ü'),
          ...(random(4) === 0 ? { files: ['blob.o'] } : {}),
        },
      ]),
    ),
    products: [
      {
        ...{ name: 'lib.a', path: 'out/lib.a', form: 'static-library', target: random(2) === 0, inputs: inLibrary },
        ...(random(2) === 0 ? { files: ['blob.o'] } : {}),
      },
      {
        ...{ name: 'libx', path: 'out/libx.so.1.2', form: 'shared-library', target: true, inputs: [objects[0] ?? ''] },
        ...{ tool: 'cc', arguments: ['-shared', '-Wl,--version-script=x.map', objects[0] ?? '', ...flags(random)] },
        ...{ files: some(random, 'x.map'), names: some(random, 'libx.so.1', 'ü') },
      },
      {
        ...{ name: 'part', path: 'out/part.o', form: 'object', target: false, tool: 'ld' },
        ...{ inputs: objects.slice(0, 2), arguments: ['-r', ...objects.slice(0, 2)] },
      },
      {
        ...{ name: 'prog', path: 'src/the prog', form: 'executable', target: true, tool: pick(random, 'cc', 'c++') },
        ...{ inputs: ['lib.a', 'libx', ...some(random, 'part', ...objects)], ...directory },
        ...{
          arguments: ['../out/lib.a', '../out/libx.so', ...flags(random)],
          aliases: { 'out/libx.so': 'libx', ...(random(2) === 0 ? { 'out/lib.a': 'libx' } : {}) },
        },
      },
      {
        ...{ name: 'bare', path: 'out/bare', form: 'executable', target: true, tool: pick(random, 'strip', 'objcopy') },
        ...{ inputs: ['prog'], arguments: ['src/the prog'] },
      },
    ],
    ...{ definition: {}, generators: [], notUnderstood: [] },
  };
  return printRecordedPlan(plan);
}

export const recorded: Definition = {
  files: { ...filesBelow, [planFile]: planText(() => 0) },
  change(project, random) {
    const text = planText(random);
    project.write(planFile, text);
    return `${planFile}: ${text}`;
  },
};

/** One edit of the definition or of a file, and what it was. */
export function randomChange(definition: Definition, project: TestProject, random: Random): string {
  if (random(3) === 0) return definition.change(project, random);
  const file = pick(random, ...headers, ...others, ...sources.slice(1).map((name) => `src/${name}`));
  if (project.exists(file) && random(4) === 0) {
    project.remove(file);
    return `remove ${file}`;
  }
  const text = pick(
    random,
    '',
    ...some(random, ...headers).map((name) => `#include "${name.replace(/^\w+\//, '')}"\n`),
  );
  project.write(file, text);
  return `write ${file}: ${JSON.stringify(text)}`;
}
