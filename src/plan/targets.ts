import { projectPath } from '../model/ids.ts';
import type { Language, Package, TargetKind } from '../model/plan.ts';
import type { Settings, TargetConfig } from './config-schema.ts';
import { productFile } from './names.ts';
import { leavesProject } from './project-bounds.ts';

/** A target with everything it is given by the defaults, in the terms of a plan. */
export interface ResolvedTarget {
  readonly name: string;
  readonly kind: TargetKind;
  readonly file: string;
  readonly patterns: readonly string[];
  /** All flags of a compile step, by language. */
  readonly flags: Readonly<Record<Language, readonly string[]>>;
  readonly ldflags: readonly string[];
  readonly packages: readonly Package[];
  /** Names of other targets, in the order given. */
  readonly libraries: readonly string[];
  /** `-l…`, in the order given. */
  readonly systemLibraries: readonly string[];
}

/** `before` and `after` surround the target's own lists: what is said later has the last word with gcc. */
export function resolveTarget(name: string, target: TargetConfig, defaults: Settings): ResolvedTarget {
  const kind = target.kind ?? 'executable';
  const both = (key: 'include' | 'cflags' | 'cxxflags' | 'ldflags'): readonly string[] => [
    ...(defaults[key] ?? []),
    ...(target[key] ?? []),
  ];
  const c = [
    ...(kind === 'shared-library' ? ['-fPIC'] : []),
    ...both('include').map(includeFlag),
    ...defineFlags(defaults.defines ?? {}, target.defines ?? {}),
    ...both('cflags'),
  ];
  const libs = target.libs ?? [];
  return {
    name,
    kind,
    file: productFile(name, kind),
    patterns: target.sources,
    flags: { c, 'c++': [...c, ...both('cxxflags')] },
    ldflags: both('ldflags'),
    packages: uniquePackages([...(defaults.packages ?? []), ...(target.packages ?? [])].map(toPackage)),
    libraries: libs.filter((lib) => !lib.startsWith('-l')),
    systemLibraries: libs.filter((lib) => lib.startsWith('-l')),
  };
}

function includeFlag(directory: string): string {
  if (directory.startsWith('/') || leavesProject(directory)) throw new Error(`not checked by readConfig: ${directory}`);
  return `-I${projectPath(directory) ?? '.'}`;
}

/** A target's own value takes the place of the default one, in the default's position. */
function defineFlags(
  defaults: NonNullable<Settings['defines']>,
  own: NonNullable<Settings['defines']>,
): readonly string[] {
  return Object.entries({ ...defaults, ...own }).flatMap(([name, value]) => {
    if (value === false) return [];
    return [value === true ? `-D${name}` : `-D${name}=${value}`];
  });
}

export const toPackage = (entry: NonNullable<Settings['packages']>[number]): Package =>
  typeof entry === 'string'
    ? { attribute: entry, pkgConfig: entry }
    : { attribute: entry.nixpkgs, pkgConfig: entry['pkg-config'] };

/** Each package once, where it comes first: it is its include directory that is looked in first. */
export const uniquePackages = (packages: readonly Package[]): readonly Package[] => [
  ...new Map(packages.map((each) => [packageKey(each), each])).values(),
];

export const packageKey = ({ attribute, pkgConfig }: Package): string => `${attribute} ${pkgConfig}`;
