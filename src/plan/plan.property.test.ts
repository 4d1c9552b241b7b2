import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { BuildPlan } from '../model/plan.ts';
import type { Config, TargetConfig } from './config-schema.ts';
import { makePlan } from './plan.ts';
import { selectTargets } from './select.ts';

// Few stems, and some that look like what names are made of, so that clashes are the rule.
const file = fc
  .tuple(
    fc.constantFrom('', 'src/', 'src/a/'),
    fc.constantFrom('x', 'x.2', 'x.t1', 'x.c', 't0', 'y'),
    fc.constantFrom('.c', '.cc', '.cpp', '.h'),
  )
  .map((parts) => trustedProjectPath(parts.join('')));
const files = fc.uniqueArray(file, { minLength: 1, maxLength: 25 });

const kinds = ['executable', 'static-library', 'shared-library'] as const;
const names = ['t0', 't1', 't2', 'x.o', 't4'] as const;

const target = fc.record({
  kind: fc.constantFrom(...kinds),
  sources: fc.constantFrom(['**'], ['src/**'], ['*'], ['**', '!src/a/**'], ['**/x*']),
  cflags: fc.constantFrom([], ['-g'], ['-O2']),
  cxxflags: fc.constantFrom([], ['-std=c++20']),
  packages: fc.constantFrom([], ['zlib'], [{ nixpkgs: 'zlib', 'pkg-config': 'z' }]),
  uses: fc.subarray([0, 1, 2, 3, 4]),
  system: fc.subarray(['-lm', '-lz']),
});

const config: fc.Arbitrary<Config> = fc.array(target, { minLength: 1, maxLength: names.length }).map((rows) => {
  const targets: Record<string, TargetConfig> = {};
  rows.forEach(({ uses, system, ...row }, index) => {
    // Only to later ones, which are libraries: no cycles.
    const libs = uses.filter((used) => used > index && rows[used] !== undefined && rows[used].kind !== 'executable');
    targets[names[index]!] = { ...row, libs: [...libs.map((used) => names[used]!), ...system] };
  });
  return { targets };
});

const project = fc.record({ config: fc.option(config, { nil: undefined }), files });

/** Calls back with every plan that there is; a project may well have none. */
function forEveryPlan(
  check: (plan: BuildPlan, project: { config: Config | undefined; files: readonly string[] }) => void,
): void {
  let plans = 0;
  fc.assert(
    fc.property(project, (each) => {
      const result = makePlan({ config: each.config }, 'p', each.files);
      if (!result.ok) return;
      plans++;
      check(result.value, each);
    }),
    { numRuns: 300 },
  );
  expect(plans).toBeGreaterThan(50);
}

describe('makePlan', () => {
  it('does not care in which order files are listed', () => {
    const shuffled = project.chain((each) =>
      fc.record({ each: fc.constant(each), other: fc.shuffledSubarray(each.files, { minLength: each.files.length }) }),
    );
    fc.assert(
      fc.property(shuffled, ({ each, other }) => {
        expect(makePlan({ config: each.config }, 'p', other)).toEqual(
          makePlan({ config: each.config }, 'p', each.files),
        );
      }),
    );
  });

  it('gives every step and every file a name of its own', () => {
    forEveryPlan((plan) => {
      const taken = [
        ...plan.compiles.map(({ name }) => name),
        ...plan.products.flatMap(({ name, path }) => [...new Set<string>([name, path])]),
      ];
      expect(new Set(taken).size).toBe(taken.length);
    });
  });

  it('compiles sources that are there, sorted by name, and uses every object', () => {
    forEveryPlan((plan, { files: listed }) => {
      const all = new Set(listed);
      for (const { source } of plan.compiles) expect(all.has(source)).toBe(true);
      const objects = plan.compiles.map(({ name }) => name);
      expect(objects).toEqual([...objects].sort(bytewise));
      const used = new Set(plan.products.flatMap((product) => product.inputs));
      expect(objects.filter((name) => !used.has(name))).toEqual([]);
    });
  });

  it('has one object for each way to compile a source, and no more', () => {
    forEveryPlan((plan) => {
      const ways = plan.compiles.map(({ source, language, flags, packages }) =>
        JSON.stringify([source, language, flags, packages]),
      );
      expect(new Set(ways).size).toBe(ways.length);
    });
  });

  it("compiles each target's sources with that target's flags and packages", () => {
    forEveryPlan((plan, each) => {
      const steps = new Map<string, (typeof plan.compiles)[number]>(plan.compiles.map((step) => [step.name, step]));
      for (const { name, inputs } of plan.products) {
        const wanted = each.config?.targets?.[name];
        if (wanted === undefined) continue;
        for (const { source, flags, packages } of inputs.flatMap((input) => steps.get(input) ?? [])) {
          expect(flags).toEqual([
            ...(wanted.kind === 'shared-library' ? ['-fPIC'] : []),
            ...(wanted.cflags ?? []),
            ...(source.endsWith('.c') ? [] : (wanted.cxxflags ?? [])),
          ]);
          expect(packages).toHaveLength(wanted.packages?.length ?? 0);
        }
      }
    });
  });

  it('has libraries before what uses them, among the products and in every link', () => {
    forEveryPlan((plan, each) => {
      const position = new Map<string, number>(plan.products.map(({ name }, index) => [name, index]));
      for (const product of plan.products) {
        if (product.kind !== 'link') continue;
        const libraries = product.inputs.filter((name) => position.has(name));
        const linked = new Map<string, number>(libraries.map((name, index) => [name, index]));
        for (const library of libraries) {
          expect(position.get(library)).toBeLessThan(position.get(product.name)!);
          const { kind, libs = [] } = each.config?.targets?.[library] ?? { kind: undefined };
          if (kind !== 'static-library') continue;
          for (const used of libs) {
            if (used.startsWith('-l')) expect(product.systemLibraries).toContain(used);
            else expect(linked.get(used)).toBeGreaterThan(linked.get(library)!);
          }
        }
      }
    });
  });
});

describe('selectTargets', () => {
  it('keeps what the named targets need, unchanged, and nothing else', () => {
    forEveryPlan((plan) => {
      for (const { name } of plan.targets) {
        const selected = selectTargets(plan, [name]);
        if (!selected.ok) throw new Error(selected.failure.kind);
        const { compiles, products } = selected.value;
        const needed = new Set<string>([name]);
        for (const product of products) {
          for (const each of product.inputs) needed.add(each);
        }
        expect(new Set([...compiles, ...products].map((step) => step.name))).toEqual(needed);
        for (const step of compiles) expect(plan.compiles).toContain(step);
        for (const step of products) expect(plan.products).toContain(step);
      }
    });
  });
});
