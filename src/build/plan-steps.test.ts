import { describe, expect, it } from 'vitest';
import { stepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { archiveOf, compileOf, linkOf, planOf } from '../testing/fakes/steps.ts';
import { isHeld } from '../testing/held.ts';
import { indexPlan, type IndexedPlan } from './plan-steps.ts';

const planWith = (flags: readonly string[], sources = ['a.c', 'b.c']): BuildPlan =>
  planOf(
    sources.map((source) => compileOf(source, source === 'a.c' ? { flags } : {})),
    [archiveOf('core', ['b.o']), linkOf('so', ['core'], { form: 'shared-library' }), linkOf('main', ['a.o', 'so'])],
  );

describe('an indexed plan', () => {
  it('keeps the steps that say the same, as the very objects they were', () => {
    const first = indexPlan(planWith(['-O1']));
    const second = indexPlan(planWith(['-O2']), first);
    expect(second.compiles.get(stepName('b.o'))).toBe(first.compiles.get(stepName('b.o')));
    expect(second.products.get(stepName('main'))).toBe(first.products.get(stepName('main')));
    expect(second.compiles.get(stepName('a.o'))).not.toBe(first.compiles.get(stepName('a.o')));
    expect(second.compiles.get(stepName('a.o'))?.flags).toEqual(['-O2']);
  });

  it('has the same objects in the plan as in its maps', () => {
    const first = indexPlan(planWith([]));
    const second = indexPlan(planWith([]), first);
    expect(second.plan.compiles).toEqual(planWith([]).compiles);
    for (const [i, step] of second.plan.compiles.entries()) expect(step).toBe(first.plan.compiles[i]);
    for (const step of second.plan.products) expect(second.products.get(step.name)).toBe(step);
  });

  it('lets steps come and go', () => {
    const first = indexPlan(planWith([], ['a.c', 'b.c']));
    const second = indexPlan(planWith([], ['b.c', 'c.c']), first);
    expect([...second.compiles.keys()]).toEqual(['b.o', 'c.o']);
  });

  it('does not hold the one before it', async () => {
    let [current, before]: [IndexedPlan, WeakRef<IndexedPlan>?] = [indexPlan(planWith([]))];
    for (const flag of ['-O1', '-O2']) {
      before = new WeakRef(current);
      current = indexPlan(planWith([flag]), current);
    }
    expect(await isHeld(before as WeakRef<IndexedPlan>)).toBe(false);
    expect(await isHeld(new WeakRef(current))).toBe(true);
    expect(current.inputsOf(stepName('core'))).toEqual(new Set(['b.o']));
  });

  it('knows all that a product is made from, through libraries too', () => {
    const { inputsOf } = indexPlan(planWith([]));
    expect(inputsOf(stepName('core'))).toEqual(new Set(['b.o']));
    expect(inputsOf(stepName('so'))).toEqual(new Set(['core', 'b.o']));
    expect(inputsOf(stepName('main'))).toEqual(new Set(['a.o', 'so', 'core', 'b.o']));
    expect(inputsOf(stepName('a.o'))).toEqual(new Set());
  });
});
