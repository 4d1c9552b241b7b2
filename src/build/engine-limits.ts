import type { StepName } from '../model/ids.ts';
import type { StepDerivation } from '../nix/plan-derivations.ts';
import type { RealisationBook } from '../nix/realisation-book.ts';
import type { StoreOutputs } from './store-outputs.ts';

/** What the engine learns with each build. */
export interface Learned {
  readonly book: RealisationBook;
  readonly durations: Map<StepName, number>;
  readonly outputs: Pick<StoreOutputs, 'size' | 'forget'>;
}

type Steps = ReadonlyMap<StepName, Pick<StepDerivation, 'drv'>>;

/**
 * How many outputs are remembered of a project: each step has two names, and some versions, for going back and forth
 * between a few branches. All of it is written down, so that of very many steps there are fewer versions.
 */
const mostOf = ({ size }: Steps): number => Math.max(1000, Math.min(16 * size, Math.max(50_000, 2 * size)));

/**
 * Keeps within bounds what a run has learned, however many versions it sees. What is forgotten costs a look, or a
 * question to Nix, when it comes back. `steps` are those of the project as it is.
 */
export function forgetOld({ book, durations, outputs }: Learned, steps: Steps): void {
  const most = mostOf(steps);
  if (outputs.size > most) outputs.forget();
  // Not each time: they look at everything.
  if (book.size > 2 * most) forgetUnused(book, steps);
  if (durations.size > most) for (const step of durations.keys()) if (!steps.has(step)) durations.delete(step);
}

/** What the present steps have come to is in use. */
export function forgetUnused(book: RealisationBook, steps: Steps): void {
  book.touch([...steps.values()].map(({ drv }) => drv));
  book.retain(mostOf(steps));
}
