import type { DrvPath, StepName, StorePath } from '../model/ids.ts';
import type { EvaluatedToolchain } from '../nix/toolchain-evaluation.ts';
import { seal, unseal } from './sealed-text.ts';

/** What the daemon engine remembers between runs. */
export interface EngineMemory {
  readonly realisations: readonly (readonly [DrvPath, StorePath])[];
  /** How long steps took the last time, in milliseconds. */
  readonly durations: readonly (readonly [StepName, number])[];
  readonly toolchain: EvaluatedToolchain | undefined;
}

const nothing: EngineMemory = { realisations: [], durations: [], toolchain: undefined };

/** Sealed, for it decides what is not built. */
export const encodeMemory = (memory: EngineMemory): string => seal(JSON.stringify(memory));

/** Nothing, of anything that `encodeMemory` did not write. */
export function decodeMemory(encoded = ''): EngineMemory {
  const text = unseal(encoded);
  return text === undefined ? nothing : { ...nothing, ...(JSON.parse(text) as Partial<EngineMemory>) };
}
