import type { Addressing } from '../model/events.ts';
import type { DrvPath, StorePath } from '../model/ids.ts';
import type { PackageTexts, References, StepToolchain } from './step-derivation.ts';

/*
 * What a `pkgs` set comes to as Nix itself says it: the value of `describeToolchain` in shared-prelude.ts, as JSON. It is
 * ours from both ends, so it is taken at its word.
 */

/** A value of the Nix language without its string context, and that context. */
interface Described<Value> {
  readonly value: Value;
  readonly drvs: Readonly<Record<DrvPath, readonly string[]>>;
  readonly sources: readonly StorePath[];
}

export interface DescribedToolchain {
  readonly base: Described<{
    readonly system: string;
    readonly stage: string;
    readonly compiler: string;
    readonly bintools: string;
    readonly environment: Readonly<Record<string, string>>;
  }>;
  readonly packages: Readonly<
    Record<string, { readonly compiling: Described<readonly string[]>; readonly linking: Described<readonly string[]> }>
  >;
}

export function toolchainOf({ base, packages }: DescribedToolchain, addressing: Addressing): StepToolchain {
  const { system, stage, compiler, bintools, environment } = base.value;
  return {
    ...{ addressing, system, stage, compiler, bintools },
    environment: new Map(Object.entries(environment)),
    references: referencesOf(base),
    packages: new Map(
      Object.entries(packages).map(([attribute, { compiling, linking }]): [string, PackageTexts] => [
        attribute,
        {
          cflags: compiling.value,
          compiling: referencesOf(compiling),
          ldflags: linking.value,
          linking: referencesOf(linking),
        },
      ]),
    ),
  };
}

const referencesOf = ({ drvs, sources }: Described<unknown>): References => ({
  drvs: new Map(Object.entries(drvs) as [DrvPath, readonly string[]][]),
  sources,
});
