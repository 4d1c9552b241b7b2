import { isDeepStrictEqual } from 'node:util';
import { trustedProjectPath, type ContentHash, type ProjectPath } from '../model/ids.ts';
import { sortedUnique } from '../model/order.ts';
import type { RecordedPlan } from './recorded-schema.ts';

/** What has changed since a build was recorded; both lists bytewise. */
export interface Staleness {
  /** Files that define the build: another one may come of it. */
  readonly definition: readonly ProjectPath[];
  /** Files that others are generated from: those may be out of date, while the plan holds. */
  readonly generators: readonly ProjectPath[];
}

export const current: Staleness = { definition: [], generators: [] };

/** The files whose contents say whether a recorded plan still holds. */
export const filesOfRecord = ({ definition, generators }: RecordedPlan): ReadonlySet<ProjectPath> =>
  new Set([definition, ...generators.map(({ inputs }) => inputs)].flatMap(Object.keys).map(trustedProjectPath));

/** `hashOf` gives the SHA-256 of a file as it is now, undefined where it is not there. */
export function stalenessOf(
  { definition, generators }: RecordedPlan,
  hashOf: (path: ProjectPath) => ContentHash | undefined,
): Staleness {
  const differing = (digests: Readonly<Record<string, string>>): readonly ProjectPath[] =>
    Object.entries(digests).flatMap(([name, digest]) => {
      const path = trustedProjectPath(name);
      return hashOf(path) === digest ? [] : [path];
    });
  return {
    definition: sortedUnique(differing(definition)),
    generators: sortedUnique(generators.flatMap(({ inputs }) => differing(inputs))),
  };
}

/** Whether the same is to be built by both, whatever was in the files that this hangs on. */
export const isSameBuild = (one: RecordedPlan, other: RecordedPlan): boolean =>
  isDeepStrictEqual(withoutDigests(one), withoutDigests(other));

const withoutDigests = ({ definition, generators, ...rest }: RecordedPlan) => ({
  ...{ ...rest, definition: Object.keys(definition) },
  generators: generators.map((generator) => ({ ...generator, inputs: Object.keys(generator.inputs) })),
});

/** The record as it is once its generators have run on what is there now. */
export const refreshed = (
  recorded: RecordedPlan,
  hashOf: (path: ProjectPath) => ContentHash | undefined,
): RecordedPlan => ({
  ...recorded,
  generators: recorded.generators.map((generator) => ({
    ...generator,
    inputs: Object.fromEntries(
      Object.keys(generator.inputs).flatMap((name) => {
        const digest = hashOf(trustedProjectPath(name));
        return digest === undefined ? [] : [[name, digest]];
      }),
    ),
  })),
});
