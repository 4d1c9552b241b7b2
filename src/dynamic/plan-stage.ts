import type { Failure } from '../model/failure.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { CompileStep, ProductStep } from '../model/plan.ts';
import { ok, type Result } from '../model/result.ts';
import { readConfig } from '../plan/config.ts';
import { ignoreMatcher, ignoring } from '../plan/ignore.ts';
import { makePlan } from '../plan/plan.ts';
import type { PlanAttributes } from './attributes.ts';
import type { ProjectedFile } from './projection-stage.ts';
import { createReach } from './reach.ts';

/** What one part's scan is given: neither more nor less than what can make a difference to it. */
export interface ScanUnit {
  readonly steps: readonly CompileStep[];
  /** The text to scan in each file's place, as in `ProjectedFile`. */
  readonly files: Readonly<Record<ProjectPath, string>>;
  /** Directories that must be there, though no file of them is. */
  readonly directories: readonly string[];
}

export interface Planned {
  readonly products: readonly ProductStep[];
  /** By part. */
  readonly scans: ReadonlyMap<string, ScanUnit>;
}

/** Makes the plan, as `makenix build` does, and divides the work of scanning among the parts. */
export function planProject(
  { project, configText, listing, parts }: PlanAttributes,
  projected: ReadonlyMap<ProjectPath, ProjectedFile>,
): Result<Planned, Failure> {
  const config = readConfig('makenix.json', configText);
  if (!config.ok) return config;
  const isIgnored = ignoring([trustedProjectPath('derivation.nix')], ignoreMatcher(config.value.ignore ?? []));
  const plan = makePlan(
    { config: config.value },
    project,
    listing.filter((path) => !withParents(path).some(isIgnored)),
  );
  if (!plan.ok) return plan;

  const partOf = new Map(
    Object.entries(parts).flatMap(([part, sources]) => Object.keys(sources).map((source) => [source, part])),
  );
  const steps = new Map<string, CompileStep[]>(Object.keys(parts).map((part) => [part, []]));
  for (const step of plan.value.compiles) {
    const part = steps.get(partOf.get(step.source) ?? '');
    if (part === undefined) throw new Error(`${step.source} was not expected to be a source of ${step.target}`);
    part.push(step);
  }
  const reachOf = createReach(projected);
  const directories = directoriesOf(listing);
  const scans = [...steps].map(([part, own]): [string, ScanUnit] => {
    const reach = reachOf(own);
    const files = reach.files.map((path): [string, string] => [path, projected.get(path)?.text ?? '']);
    return [
      part,
      { steps: own, files: Object.fromEntries(files), directories: reach.needsDirectories ? directories : [] },
    ];
  });
  return ok({ products: plan.value.products, scans: new Map(scans) });
}

/** Below a directory that is ignored, all is. */
function withParents(path: ProjectPath): readonly ProjectPath[] {
  const parts = path.split('/');
  return parts.map((_, i) => trustedProjectPath(parts.slice(0, i + 1).join('/')));
}

function directoriesOf(paths: readonly string[]): readonly string[] {
  const directories = new Set<string>();
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      directories.add(path.slice(0, end));
    }
  }
  return [...directories].sort(bytewise);
}
