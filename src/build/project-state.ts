import { createHash } from 'node:crypto';
import type { Output, Reason } from '../model/events.ts';
import { contentHash, stepName, trustedProjectPath, type ProjectPath, type StepName } from '../model/ids.ts';
import type { Step } from '../model/plan.ts';
import type { FileStamp } from '../host/ports.ts';
import type { UnitInputs } from '../graph/include-graph.ts';
import type { FileFacts } from '../scan/file-index.ts';
import type { Projection } from '../scan/projection.ts';
import type { SystemFile } from '../scan/system-files.ts';
import { seal, unseal } from './sealed-text.ts';

/**
 * What a run remembers for the next: the verifying traces (each unit's inputs as the compiler named them, with the
 * hashes they had) and what is still to be done. It spares work and never decides: everything in it is checked against
 * the tree, and a file that does not read back whole is as good as none.
 */
export interface ProjectState {
  /** What scans depend on besides files and flags: the compiler. */
  readonly compiler: string;
  readonly listing: Iterable<ProjectPath>;
  /** To directories. */
  readonly links: Iterable<readonly [ProjectPath, string]>;
  readonly files: Iterable<readonly [ProjectPath, FileFacts]>;
  readonly system: Iterable<readonly [string, SystemFile]>;
  readonly units: Iterable<readonly [StepName, UnitInputs]>;
  /** A digest of every step's definition, to find those that the configuration has changed. */
  readonly definitions: Iterable<readonly [StepName, string]>;
  readonly fingerprints: Iterable<readonly [StepName, string]>;
  readonly toScan: readonly (readonly [StepName, readonly Reason[]])[];
  readonly toBuild: readonly (readonly [StepName, readonly Reason[]])[];
  /** Of the last good build, and the engine that made them. */
  readonly outputs: readonly Output[];
  readonly engine: string;
  readonly warnings: Iterable<readonly [StepName, readonly Warnings[]]>;
}

/** What a compiler said of one version of a unit. */
export interface Warnings {
  readonly version: string;
  readonly lines: readonly string[];
}

const formatVersion = 3;

const digests = new WeakMap<Step, string>();

/** Equal definitions have equal digests. */
export function definitionOf(step: Step): string {
  let digest = digests.get(step);
  if (digest === undefined) {
    digest = createHash('sha256').update(JSON.stringify(step)).digest('hex').slice(0, 20);
    digests.set(step, digest);
  }
  return digest;
}

export function encodeState(state: ProjectState): string {
  const paths = new Map<string, number>();
  const number = (path: string): number => {
    let index = paths.get(path);
    if (index === undefined) paths.set(path, (index = paths.size));
    return index;
  };
  const body = {
    version: formatVersion,
    compiler: state.compiler,
    listing: Array.from(state.listing, number),
    links: Array.from(state.links, ([path, target]) => [number(path), target]),
    files: Array.from(state.files, ([path, { stamp, hash, nar, projection, isRacy }]) => [
      number(path),
      encodeStamp(stamp),
      hash,
      nar,
      projection.hash,
      projection.operands,
      flagBits([isRacy, ...projectionFlags.map((flag) => projection[flag])]),
      ...(projection.queries.length + projection.queryMacros.length > 0
        ? [projection.queries, projection.queryMacros]
        : []),
    ]),
    system: Array.from(state.system, ([path, { stamp, hash }]) => [number(path), encodeStamp(stamp), hash]),
    units: Array.from(state.units, ([step, { source, headers, system }]) => [
      step,
      number(source),
      headers.map(number),
      system.map(number),
    ]),
    definitions: [...state.definitions],
    fingerprints: [...state.fingerprints],
    toScan: state.toScan,
    toBuild: state.toBuild,
    outputs: state.outputs,
    engine: state.engine,
    warnings: [...state.warnings],
    // Last: filled while the rest was written.
    paths: [] as string[],
  };
  body.paths = [...paths.keys()];
  return seal(JSON.stringify(body));
}

/** Undefined for anything that `encodeState` of this version did not write. */
export function decodeState(text: string): ProjectState | undefined {
  const json = unseal(text);
  if (json === undefined) return undefined;
  const body = JSON.parse(json) as EncodedState;
  if (body.version !== formatVersion) return undefined;
  const path = (index: number): string => body.paths[index] ?? '';
  const project = (index: number): ProjectPath => trustedProjectPath(path(index));
  return {
    ...body,
    listing: body.listing.map(project),
    links: body.links.map(([path, target]) => [project(path), target]),
    files: body.files.map(([index, stamp, hash, nar, projected, operands, bits, queries = [], queryMacros = []]) => [
      project(index),
      {
        stamp: decodeStamp(stamp),
        hash: contentHash(hash),
        nar: contentHash(nar),
        projection: { hash: contentHash(projected), operands, queries, queryMacros, ...decodeFlags(bits >> 1) },
        isRacy: (bits & 1) !== 0,
      },
    ]),
    system: body.system.map(([index, stamp, hash]) => [
      path(index),
      { stamp: decodeStamp(stamp), hash: contentHash(hash) },
    ]),
    units: body.units.map(([step, source, headers, system]) => [
      stepName(step),
      { source: project(source), headers: headers.map(project), system: system.map(path) },
    ]),
  };
}

type EncodedStamp = readonly [size: number, mtimeNs: string, ctimeNs: string, inode: string, isExecutable: boolean];

type EncodedState = Omit<ProjectState, 'listing' | 'links' | 'files' | 'system' | 'units'> & {
  readonly version: number;
  readonly paths: readonly string[];
  readonly listing: readonly number[];
  readonly links: readonly (readonly [number, string])[];
  readonly files: readonly (readonly [
    ...[path: number, stamp: EncodedStamp, hash: string, nar: string, projection: string],
    ...[operands: readonly string[], flags: number, queries?: readonly string[], queryMacros?: readonly string[]],
  ])[];
  readonly system: readonly (readonly [number, EncodedStamp, string])[];
  readonly units: readonly (readonly [string, number, readonly number[], readonly number[]])[];
};

const encodeStamp = ({ size, mtimeNs, ctimeNs, inode, isExecutable }: FileStamp): EncodedStamp => [
  size,
  String(mtimeNs),
  String(ctimeNs),
  String(inode),
  isExecutable,
];

const decodeStamp = ([size, mtimeNs, ctimeNs, inode, isExecutable]: EncodedStamp): FileStamp => ({
  size,
  mtimeNs: BigInt(mtimeNs),
  ctimeNs: BigInt(ctimeNs),
  inode: BigInt(inode),
  isExecutable,
});

const projectionFlags = ['opaque', 'counter', 'assembles', 'once', 'computed', 'hasComputedQuery'] as const;

type ProjectionFlags = Pick<Projection, (typeof projectionFlags)[number]>;

const decodeFlags = (bits: number): ProjectionFlags =>
  Object.fromEntries(projectionFlags.map((flag, i) => [flag, (bits & (1 << i)) !== 0])) as unknown as ProjectionFlags;

const flagBits = (flags: readonly boolean[]): number =>
  flags.reduce((bits, flag, position) => (flag ? bits | (1 << position) : bits), 0);
