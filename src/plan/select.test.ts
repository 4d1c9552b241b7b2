import { describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import { makePlan } from './plan.ts';
import { selectTargets } from './select.ts';

function plan() {
  const result = makePlan(
    {
      config: {
        targets: {
          app: { sources: ['app.c'], libs: ['net'] },
          tests: { sources: ['tests.c', 'app.c'], libs: ['base'] },
          net: { kind: 'shared-library', sources: ['net.c'], libs: ['base'] },
          base: { kind: 'static-library', sources: ['base.c'] },
        },
      },
    },
    'p',
    ['app.c', 'tests.c', 'net.c', 'base.c'].map(trustedProjectPath),
  );
  if (!result.ok) throw new Error(result.failure.kind);
  return result.value;
}

function selected(...names: readonly string[]) {
  const result = selectTargets(plan(), names);
  if (!result.ok) throw new Error(result.failure.kind);
  const { targets, compiles, products } = result.value;
  return [targets, compiles, products].map((all) => all.map(({ name }) => name).join(' '));
}

describe('selectTargets', () => {
  it('without names is the plan itself', () => {
    const whole = plan();
    expect(selectTargets(whole, [])).toEqual({ ok: true, value: whole });
  });

  it('keeps libraries of libraries, as steps but not as targets', () => {
    expect(selected('app')).toEqual(['app', 'app.o base.o net.o', 'base net app']);
  });

  it('keeps a shared object for whoever is left', () => {
    expect(selected('tests')).toEqual(['tests', 'app.o base.o tests.o', 'base tests']);
  });

  it('keeps the order of the plan, each target once', () => {
    expect(selected('base', 'tests', 'base')[0]).toBe('tests base');
  });

  it('refuses a target that there is not', () => {
    expect(selectTargets(plan(), ['app', 'ap'])).toEqual({
      ok: false,
      failure: { kind: 'unknown-target', target: 'ap', known: ['app', 'tests', 'net', 'base'] },
    });
  });
});

it('takes the name of a product that is no target of its own', () => {
  const whole = plan();
  const others = { ...whole, targets: whole.targets.filter(({ name }) => name !== 'base') };
  const result = selectTargets(others, ['base']);
  if (!result.ok) throw new Error(result.failure.kind);
  expect(result.value.targets).toEqual([{ name: 'base', kind: 'static-library', step: 'base' }]);
  expect(result.value.compiles.map(({ name }) => name)).toEqual(['base.o']);
});
