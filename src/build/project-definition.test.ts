import { describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import { configFile, planFile } from '../plan/definition-files.ts';
import { printRecordedPlan } from '../plan/recorded-plan.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import { ProjectDefinition } from './project-definition.ts';

const plan: RecordedPlan = {
  version: 1,
  command: ['make'],
  options: { all: { language: 'c', flags: ['-O2'] } },
  objects: { 'a.o': { source: 'a.c', options: 'all' } },
  products: [],
  definition: { Makefile: 'a'.repeat(64) },
  generators: [{ inputs: { 'v.in': 'b'.repeat(64) }, products: [], outputs: ['v.h'] }],
  notUnderstood: [],
};

describe('a definition is another one by now', () => {
  const cases: readonly [string, boolean, Record<string, string | undefined>][] = [
    ['not where nothing was written', false, {}],
    ['not where the same was written', false, { [planFile]: printRecordedPlan(plan) }],
    [
      'not where the record only remembers other versions of what it hangs on',
      false,
      {
        [planFile]: printRecordedPlan({
          ...plan,
          definition: { Makefile: 'c'.repeat(64) },
          generators: [{ inputs: { 'v.in': 'd'.repeat(64) }, products: [], outputs: ['v.h'] }],
        }),
      },
    ],
    [
      'by a flag',
      true,
      { [planFile]: printRecordedPlan({ ...plan, options: { all: { language: 'c', flags: ['-O3'] } } }) },
    ],
    ['by another file that it hangs on', true, { [planFile]: printRecordedPlan({ ...plan, definition: {} }) }],
    [
      'by another thing that is generated',
      true,
      { [planFile]: printRecordedPlan({ ...plan, generators: [{ inputs: {}, products: [], outputs: ['w.h'] }] }) },
    ],
    ['where it cannot be read', true, { [planFile]: '{' }],
    ['where it is gone', true, { [planFile]: undefined }],
    ['by the configuration', true, { [configFile]: '{ "ignore": [] }' }],
  ];
  it.each(cases)('%s', (_, expected, written) => {
    const files = createMemoryFiles(createManualClock(), {
      [planFile]: printRecordedPlan(plan),
      [configFile]: '{}',
    });
    const definition = new ProjectDefinition(files);
    expect(definition.read('everything')).toEqual({ ok: true, value: true });
    for (const [path, text] of Object.entries(written)) {
      if (text === undefined) files.remove(trustedProjectPath(path));
      else files.put(path, text);
    }
    expect(definition.isRedefined('everything')).toBe(expected);
    expect(definition.isRedefined(new Set([configFile, planFile]))).toBe(expected);
    expect(definition.isRedefined(new Set([trustedProjectPath('a.c')]))).toBe(false);
  });
});
