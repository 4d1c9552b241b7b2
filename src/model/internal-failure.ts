import type { InternalFailure } from './failure.ts';

/** A bug of ours, where it is to cost no more than what was being done. */
export const internalFailure = (error: unknown): InternalFailure => ({
  kind: 'internal',
  problem: error instanceof Error ? (error.stack ?? error.message) : String(error),
});
