import { describe, expect, it } from 'vitest';
import { contentHash, stepName, type ProjectPath } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { paths } from '../testing/fakes/memory-files.ts';
import { archiveOf, compileOf, linkOf, planOf } from '../testing/fakes/steps.ts';
import { fakeTexts as texts } from '../testing/fakes/toolchain.ts';
import { isHeld } from '../testing/held.ts';
import { derivePlan, type PlanDerivations } from './plan-derivations.ts';

const texts2 = { ...texts, toolchain: { ...texts.toolchain, addressing: 'input' as const } };

const compiles = ['a.c', 'b.c', 'c.c'].map((source) => compileOf(source));
const plan = planOf(compiles, [archiveOf('ab', ['a.o', 'b.o']), linkOf('main', ['c.o', 'ab']), linkOf('c', ['c.o'])]);
const headers = new Map([
  [stepName('a.o'), paths('a.h', 'both.h')],
  [stepName('b.o'), paths('both.h')],
]);
const none: readonly ProjectPath[] = [];

type Files = Readonly<Record<string, string>>;
const files: Files = { 'a.c': '1', 'b.c': '1', 'c.c': '1', 'a.h': '1', 'both.h': '1' };

const derive = (
  own: Files,
  previous?: PlanDerivations,
  more: { plan?: BuildPlan; fingerprint?: string } = {},
  by = texts,
) =>
  derivePlan(
    {
      ...{ plan: more.plan ?? plan, texts: by },
      headers: ({ name }) => headers.get(name) ?? none,
      nar: (path) => (own[path] === undefined ? undefined : contentHash(own[path].repeat(64))),
      fingerprint: (step) => (step === 'b.o' ? more.fingerprint : undefined),
    },
    previous,
  );

describe.each([texts, texts2])('derivations of a plan', (by) => {
  const first = derive(files, undefined, {}, by);
  const after = (own: Files, more: Parameters<typeof derive>[2] = {}): PlanDerivations => {
    const next = derive(own, first, more, by);
    expect(next.steps).toEqual(derive(own, undefined, more, by).steps);
    for (const [name, made] of next.steps) {
      if (!next.changed.includes(name)) expect(made).toBe(first.steps.get(name));
    }
    return next;
  };

  it('stand in an order in which each comes after what it needs', () => {
    expect([...first.steps.keys()]).toEqual(['a.o', 'b.o', 'c.o', 'ab', 'main', 'c']);
    expect(first.changed).toEqual([...first.steps.keys()]);
  });

  it('are made anew for what reads a changed file, and for what is made from that', () => {
    expect(after(files).changed).toEqual([]);
    expect(after({ ...files, 'a.h': '2' }).changed).toEqual(['a.o', 'ab', 'main']);
    expect(after({ ...files, 'both.h': '2' }).changed).toEqual(['a.o', 'b.o', 'ab', 'main']);
    expect(after({ ...files, 'c.c': '2' }).changed).toEqual(['c.o', 'main', 'c']);
    expect(after(files, { fingerprint: 'other' }).changed).toEqual(['b.o', 'ab', 'main']);
    const again = { ...plan, compiles: compiles.map((step) => ({ ...step })) };
    expect(after(files, { plan: again }).changed).toEqual([]);
  });

  it('are missing where a file is, by its name, until it is there', () => {
    const lacking = after(Object.fromEntries(Object.entries(files).filter(([path]) => path !== 'a.h')));
    expect([...lacking.missing]).toEqual([
      ['a.o', 'a.h'],
      ['ab', 'a.h'],
      ['main', 'a.h'],
    ]);
    expect([...lacking.steps.keys()]).toEqual(['b.o', 'c.o', 'c']);
    const back = derive(files, lacking, {}, by);
    expect(back.changed).toEqual(['a.o', 'ab', 'main']);
    expect([...back.steps]).toEqual([...first.steps]);
  });

  it('are all others with another toolchain', () => {
    const other = { ...by, toolchain: { ...by.toolchain, compiler: '/opt' } };
    expect(derive(files, first, {}, other).changed).toEqual(['a.o', 'b.o', 'c.o', 'ab', 'main', 'c']);
  });
});

it('derivations do not hold those before them', async () => {
  let [current, before]: [PlanDerivations, WeakRef<PlanDerivations>?] = [derive(files)];
  for (const version of ['2', '3']) {
    before = new WeakRef(current);
    current = derive({ ...files, 'a.c': version }, current);
  }
  expect(await isHeld(before as WeakRef<PlanDerivations>)).toBe(false);
  expect(current.changed).toEqual(['a.o', 'ab', 'main']);
});
