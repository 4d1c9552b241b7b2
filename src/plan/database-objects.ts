import type { PlanFailure } from '../model/failure.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { CompileStep } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Objects } from './objects.ts';
import type { RecordedPlan } from './recorded-schema.ts';
import { selectSources } from './sources.ts';
import { uniquePackages, type ResolvedTarget } from './targets.ts';

/**
 * Whether a plan was made from a compilation database without links. It has objects alone; what is made of them is put
 * together from makenix.json whenever a plan is made, and not written into the plan file: people edit "targets", and an
 * import would be needed after each edit if both files had them.
 */
export const isOfDatabase = (
  recorded: RecordedPlan | undefined,
): recorded is RecordedPlan & { readonly compileCommands: string } =>
  recorded?.compileCommands !== undefined && recorded.products.length === 0;

/**
 * The objects of targets whose compiles are known. A target's "sources" select them by what they are compiled from, or by
 * their own path (`build/CMakeFiles/app.dir/**`): that is how one is named of a source that is compiled several ways, which
 * would otherwise be a guess. Flags are the compiles' own; packages are those of the targets that have the object.
 */
export function objectsOfDatabase(
  targets: readonly ResolvedTarget[],
  compiles: readonly CompileStep[],
  taken: ReadonlySet<string>,
): Result<Objects, PlanFailure> {
  const bySource = sourcesOf(compiles);
  const paths = new Set<ProjectPath>([...bySource.keys(), ...compiles.map(({ name }) => pathOf(name))]);
  const index = { sorted: [...paths].sort(bytewise), all: paths };
  const chosen = new Map<string, readonly CompileStep[]>();
  const users = new Map<CompileStep, ResolvedTarget[]>();
  for (const target of targets) {
    const { name, patterns } = target;
    const selected = selectSources(index, patterns);
    if (!selected.ok) return fail({ kind: 'target-without-sources', target: name, patterns: selected.failure });
    const steps = ofTarget(name, new Set(selected.value), compiles, bySource);
    if (!steps.ok) return steps;
    chosen.set(name, steps.value);
    for (const step of steps.value) users.set(step, [...(users.get(step) ?? []), target]);
  }
  const steps = new Map([...users].map(([step, owners]) => [step, withPackages(step, owners)]));
  const [clash] = [...users].filter(([{ name }]) => taken.has(name));
  if (clash !== undefined) {
    const [{ name, source }] = clash;
    return fail({ kind: 'duplicate-name', name, owners: [name, source] });
  }
  return ok({
    compiles: [...steps.values()].sort((a, b) => bytewise(a.name, b.name)),
    byTarget: new Map([...chosen].map(([name, own]) => [name, own.flatMap((step) => steps.get(step) ?? [])])),
  });
}

function withPackages(step: CompileStep, owners: readonly ResolvedTarget[]): CompileStep {
  const packages = uniquePackages(owners.flatMap((owner) => owner.packages));
  const names = owners.map(({ name }) => name);
  // What steps have in common includes packages, of which the options that were imported know nothing.
  const options = packages.length === 0 ? step.options : `${step.options} (${names.join(', ')})`;
  return { ...step, packages, options, target: names[0] ?? '' };
}

function sourcesOf(compiles: readonly CompileStep[]): ReadonlyMap<ProjectPath, readonly CompileStep[]> {
  const bySource = new Map<ProjectPath, CompileStep[]>();
  for (const step of compiles) bySource.set(step.source, [...(bySource.get(step.source) ?? []), step]);
  return bySource;
}

/** An object is called by its path. */
const pathOf = (name: StepName): ProjectPath => name as string as ProjectPath;

function ofTarget(
  target: string,
  selected: ReadonlySet<ProjectPath>,
  compiles: readonly CompileStep[],
  bySource: ReadonlyMap<ProjectPath, readonly CompileStep[]>,
): Result<readonly CompileStep[], PlanFailure> {
  const named = sourcesOf(compiles.filter(({ name }) => selected.has(pathOf(name))));
  const steps: CompileStep[] = [];
  for (const [source, all] of bySource) {
    const own = named.get(source) ?? (selected.has(source) ? all : []);
    const [first, ...others] = own;
    if (first === undefined) continue;
    // What is compiled alike is the same object at two places.
    if (others.some(({ options }) => options !== first.options)) {
      return fail({ kind: 'ambiguous-source', target, source, objects: own.map(({ name }) => name) });
    }
    steps.push(first);
  }
  return ok(steps.sort((a, b) => bytewise(a.source, b.source)));
}
