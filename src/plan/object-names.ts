import type { ProjectPath, StepName } from '../model/ids.ts';
import { stepName } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { stemOf } from './language.ts';

/** One way of compiling one source. */
export interface Unit {
  readonly source: ProjectPath;
  /** The first target, in configuration order, that wants it so. */
  readonly target: string;
}

/**
 * Names every unit after its source: `src/hello.o`. Where that is not enough
 * - of sources with one stem the bytewise first has the plain name, another keeps its extension: `src/hello.cpp.o`;
 * - of the ways to compile one source the first target's has the plain name, another says whose: `src/hello.tests.o`;
 * - a name that is still taken is counted up: `src/hello.2.o`.
 * Plain names are given first, so that no counted or spelt-out one takes away what another source would be called.
 *
 * @param units by source, in configuration order of their targets
 * @param taken names of products and their files, which no object may have
 */
export function nameObjects<U extends Unit>(
  units: ReadonlyMap<ProjectPath, readonly U[]>,
  taken: ReadonlySet<string>,
): ReadonlyMap<U, StepName> {
  const used = new Set<string>(taken);
  const names = new Map<U, StepName>();
  const give = (unit: U, name: string): void => {
    used.add(name);
    names.set(unit, stepName(name));
  };
  const stems = new Set<string>();
  const later: { readonly unit: U; readonly base: string }[] = [];
  for (const source of [...units.keys()].sort(bytewise)) {
    const stem = stemOf(source);
    const base = stems.has(stem) ? source : stem;
    stems.add(stem);
    for (const [position, unit] of (units.get(source) ?? []).entries()) {
      if (position > 0) later.push({ unit, base: `${base}.${unit.target}` });
      else if (base === source || used.has(`${base}.o`)) later.push({ unit, base });
      else give(unit, `${base}.o`);
    }
  }
  for (const { unit, base } of later) give(unit, firstFree(base, used));
  return names;
}

function firstFree(base: string, used: ReadonlySet<string>): string {
  let name = `${base}.o`;
  for (let count = 2; used.has(name); count++) name = `${base}.${count}.o`;
  return name;
}
