import type { ProjectPath } from '../model/ids.ts';
import { stepName } from '../model/ids.ts';
import type { PlanFailure } from '../model/failure.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Config } from './config-schema.ts';
import { conventionalDefaults, conventionalTarget } from './conventions.ts';
import { buildOrder } from './link-order.ts';
import { legalName } from './names.ts';
import { isOfDatabase, objectsOfDatabase } from './database-objects.ts';
import { planObjects } from './objects.ts';
import type { Objects, SourcedTarget } from './objects.ts';
import { planProducts } from './products.ts';
import { planOfRecord } from './recorded-plan.ts';
import type { RecordedPlan } from './recorded-schema.ts';
import { indexSources, selectSources } from './sources.ts';
import type { SourceIndex } from './sources.ts';
import { resolveTarget } from './targets.ts';
import { toPackage, uniquePackages } from './targets.ts';
import type { ResolvedTarget } from './targets.ts';

export interface PlanSources {
  readonly config?: Config | undefined;
  readonly recorded?: RecordedPlan | undefined;
}

/**
 * What is to be built: a pure function of what it is given, in which the order of `files` plays no part.
 *
 * @param config as `readConfig` gives it; undefined, or without targets, for a project that follows the conventions
 * @param recorded as `readRecordedPlan` gives it, of a project whose build was imported; of the configuration, only what
 *   is outside targets and no flag counts then. One of a compilation database that came without links says how to compile
 *   and nothing else: then targets count too, and of them all but the flags of compiles
 * @param projectName names the project where the configuration does not: the directory's name, legal or not
 * @param files all files of the project but the ignored ones, of any type
 */
export function makePlan(
  { config, recorded }: PlanSources,
  projectName: string,
  files: readonly ProjectPath[],
): Result<BuildPlan, PlanFailure> {
  const project = legalName(config?.name ?? projectName);
  if (recorded?.compileCommands !== undefined && recorded.compileCommands === config?.compileCommands) {
    return fail({ kind: 'database-overwritten', file: recorded.compileCommands });
  }
  const database = isOfDatabase(recorded) ? recorded : undefined;
  if (recorded !== undefined && database === undefined) {
    if (config?.targets !== undefined) return fail({ kind: 'two-plans', files: ['makenix.json', 'makenix.plan.json'] });
    return ok(planOfRecord(recorded, project, uniquePackages((config?.packages ?? []).map(toPackage))));
  }
  if (database !== undefined && config?.targets === undefined) {
    return fail({ kind: 'database-unusable', file: database.compileCommands, problem: 'no-links' });
  }
  const index = indexSources(files);
  const targets = config?.targets === undefined ? byConvention(config ?? {}, project, index) : configured(config);
  if (targets.length === 0) return fail({ kind: 'no-sources', root: '' });
  const taken = takenNames(targets);
  if (!taken.ok) return taken;
  const ordered = librariesFirst(targets);
  if (!ordered.ok) return ordered;
  const objects =
    database === undefined
      ? objectsOfSources(targets, index, taken.value)
      : objectsOfDatabase(targets, planOfRecord(database, project, []).compiles, taken.value);
  if (!objects.ok) return objects;
  return ok({
    project,
    targets: targets.map(({ name, kind }) => ({ name, kind, step: stepName(name) })),
    compiles: objects.value.compiles,
    products: planProducts(ordered.value, objects.value),
  });
}

const configured = (config: Config): readonly ResolvedTarget[] =>
  Object.entries(config.targets ?? {}).map(([name, target]) => resolveTarget(name, target, config));

function byConvention(config: Config, project: string, index: SourceIndex): readonly ResolvedTarget[] {
  const target = conventionalTarget(index);
  return target === undefined ? [] : [resolveTarget(project, target, conventionalDefaults(config))];
}

/** The names of products and of their files, which share one space with each other and with the objects. */
function takenNames(targets: readonly ResolvedTarget[]): Result<ReadonlySet<string>, PlanFailure> {
  const owners = new Map<string, string>();
  for (const { name, file } of targets) {
    for (const taken of new Set([name, file])) {
      const owner = owners.get(taken);
      if (owner !== undefined) return fail({ kind: 'duplicate-name', name: taken, owners: [owner, name] });
      owners.set(taken, name);
    }
  }
  return ok(new Set(owners.keys()));
}

function librariesFirst(targets: readonly ResolvedTarget[]): Result<readonly ResolvedTarget[], PlanFailure> {
  const byName = new Map(targets.map((target) => [target.name, target]));
  for (const { name, libraries } of targets) {
    for (const library of libraries) {
      const used = byName.get(library);
      if (used === undefined) return fail({ kind: 'unknown-target', target: library, known: [...byName.keys()] });
      if (used.kind === 'executable') return fail({ kind: 'not-a-library', target: name, library });
    }
  }
  const order = buildOrder(byName.keys(), (name) => byName.get(name)?.libraries ?? []);
  if (!order.ok) return fail({ kind: 'library-cycle', targets: order.failure });
  return ok(order.value.flatMap((name) => byName.get(name) ?? []));
}

function objectsOfSources(
  targets: readonly ResolvedTarget[],
  index: SourceIndex,
  taken: ReadonlySet<string>,
): Result<Objects, PlanFailure> {
  const sourced: SourcedTarget[] = [];
  for (const target of targets) {
    const sources = selectSources(index, target.patterns);
    if (!sources.ok) return fail({ kind: 'target-without-sources', target: target.name, patterns: sources.failure });
    sourced.push({ target, sources: sources.value });
  }
  return ok(planObjects(sourced, taken));
}
