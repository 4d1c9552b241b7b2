import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProjectPath, StepName } from '../model/ids.ts';
import { bytewise, sortedUnique } from '../model/order.ts';
import type { BuildPlan, CompileStep } from '../model/plan.ts';
import { paths } from '../testing/fakes/memory-files.ts';
import { archiveOf, compileOf, linkOf, planOf } from '../testing/fakes/steps.ts';
import { changedStanzas, printExpression, type Expression } from './expression.ts';

/** A plan and what its objects read, as a generation of the expression gets them. */
interface Generation {
  readonly plan: BuildPlan;
  readonly headers: (step: CompileStep) => readonly ProjectPath[];
}

const source = fc.constantFrom('src/a.c', 'src/b.cpp', 'lib/c.c', 'lib/-d.c', 'e "x".c', 'ä.c', '${f}.c');
const header = fc.constantFrom('inc/a.h', 'inc/b.h', 'src/c.h', 'd e.h', '};\n', 'é.h', 'Z.h');
const flags = fc.constantFrom([], ['-O2'], ['-DX="${y}"', '-g'], ['-O2', '-g']);

/** What a generation is made of, before steps and lists get an identity. */
const blueprint = fc.record({
  units: fc.uniqueArray(fc.record({ source, headers: fc.uniqueArray(header, { maxLength: 5 }) }), {
    selector: (unit) => unit.source,
    maxLength: 7,
  }),
  flags,
  linkFlags: flags,
  isLibrary: fc.boolean(),
  targets: fc.uniqueArray(fc.constantFrom('main', 'or', 'a-b', '9', 'core'), { minLength: 1, maxLength: 4 }),
});
type Blueprint = typeof blueprint extends fc.Arbitrary<infer B> ? B : never;

function generationOf({ units, flags: cflags, linkFlags, isLibrary, targets }: Blueprint): Generation {
  const compiles = units
    .map((unit) => compileOf(unit.source, { flags: cflags }))
    .sort((a, b) => bytewise(a.name, b.name));
  const names = compiles.map((step) => step.name);
  const products = targets.map((target, i) =>
    isLibrary && i === 0 ? archiveOf(target, names) : linkOf(target, names, { flags: linkFlags }),
  );
  const read = new Map(units.map((unit) => [unit.source as string, paths(...sortedUnique(unit.headers))]));
  return { plan: planOf(compiles, products), headers: (step) => read.get(step.source) ?? [] };
}

/** The next generation, in which what says the same as before is the same object, as in a session. */
function keeping(before: Generation, after: Generation): Generation {
  const old = new Map([...before.plan.compiles, ...before.plan.products].map((step) => [step.name, step]));
  const keep = <S extends { readonly name: StepName }>(step: S): S => {
    const known = old.get(step.name);
    return JSON.stringify(known) === JSON.stringify(step) ? (known as unknown as S) : step;
  };
  const lists = new Map(before.plan.compiles.map((step) => [step.name, before.headers(step)]));
  return {
    plan: { ...after.plan, compiles: after.plan.compiles.map(keep), products: after.plan.products.map(keep) },
    headers: (step) => {
      const known = lists.get(step.name);
      return JSON.stringify(known) === JSON.stringify(after.headers(step)) && known !== undefined
        ? known
        : after.headers(step);
    },
  };
}

const print = ({ plan, headers }: Generation, previous?: Expression): Expression =>
  printExpression(plan, headers, previous);

const textsOf = (expression: Expression): ReadonlyMap<StepName, string> =>
  new Map([...expression.stanzas].map(([name, { text }]) => [name, text]));

describe('a generation with the previous one at hand', () => {
  it('is the one from scratch, and names exactly the stanzas that differ', () => {
    fc.assert(
      fc.property(fc.array(blueprint, { minLength: 2, maxLength: 4 }), fc.boolean(), (blueprints, isKeeping) => {
        let generation: Generation | undefined;
        let previous: Expression | undefined;
        for (const plan of blueprints) {
          const made = generationOf(plan);
          generation = generation === undefined || !isKeeping ? made : keeping(generation, made);
          const expression = print(generation, previous);
          const scratch = print(made);
          expect(expression.text).toBe(scratch.text);
          expect(textsOf(expression)).toEqual(textsOf(scratch));
          const before: ReadonlyMap<StepName, string> = previous === undefined ? new Map() : textsOf(previous);
          const differing = [...textsOf(scratch)].flatMap(([name, text]) => (before.get(name) === text ? [] : name));
          expect(expression.changed).toEqual(differing.sort(bytewise));
          previous = expression;
        }
      }),
    );
  });

  it('names the same stanzas where there is no more of the previous one than its text', () => {
    fc.assert(
      fc.property(blueprint, blueprint, (one, other) => {
        const before = print(generationOf(one));
        const after = print(generationOf(other), before);
        expect(changedStanzas(after, before.text)).toEqual(after.changed);
        expect(changedStanzas(after, after.text)).toEqual([]);
      }),
    );
  });
});

it('one header more is one line more, and nothing else', () => {
  fc.assert(
    fc.property(
      blueprint.filter(({ units }) => units.some(({ headers }) => headers.length > 0)),
      fc.nat(),
      fc.nat(),
      (plan, pickUnit, pickHeader) => {
        const fit = plan.units.filter(({ headers }) => headers.length > 0);
        const unit = fit[pickUnit % fit.length]!;
        const gone = unit.headers[pickHeader % unit.headers.length];
        const fewer = plan.units.map((other) =>
          other === unit ? { ...unit, headers: unit.headers.filter((each) => each !== gone) } : other,
        );
        const more = print(generationOf(plan)).text.split('\n');
        const less = print(generationOf({ ...plan, units: fewer })).text.split('\n');
        const at = more.findIndex((line, i) => line !== less[i]);
        expect(more.filter((_, i) => i !== at)).toEqual(less);
      },
    ),
  );
});

it('does not depend on the order of products', () => {
  fc.assert(
    fc.property(blueprint, (plan) => {
      const generation = generationOf({ ...plan, isLibrary: false });
      const products = [...generation.plan.products].reverse();
      expect(print({ ...generation, plan: { ...generation.plan, products } }).text).toBe(print(generation).text);
    }),
  );
});
