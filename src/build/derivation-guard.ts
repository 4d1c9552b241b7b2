import type { Clock } from '../host/ports.ts';
import type { MakenixEvent } from '../model/events.ts';
import { checkDerivations, type CheckPorts, type DerivationsToCheck } from './derivation-check.ts';
import { rounded } from './milliseconds.ts';

export interface GuardPorts extends CheckPorts {
  readonly clock: Clock;
  readonly emit: (event: MakenixEvent) => void;
}

/**
 * What `--paranoid` asks for: derivations made here are built only where Nix gives the same. One that differs is a bug that
 * may have others beside it, so that from then on nothing that is made here is built in this run.
 */
export class DerivationGuard {
  readonly #ports: GuardPorts;
  #hasFoundOne = false;

  constructor(ports: GuardPorts) {
    this.#ports = ports;
  }

  /** Whether Nix is to make all derivations itself. */
  get hasFoundOne(): boolean {
    return this.#hasFoundOne;
  }

  /** Why these are not to be built, in words; undefined where they are, or the signal came first. */
  async objection(these: DerivationsToCheck, signal: AbortSignal): Promise<string | undefined> {
    const { clock, emit } = this.#ports;
    const started = clock.elapsed();
    const checked = await checkDerivations(this.#ports, these, signal);
    if (signal.aborted) return undefined;
    // Undecided: this cycle is for Nix, and the next is checked again.
    if (!checked.ok) return `the derivations could not be checked: ${checked.failure}`;
    const differing = checked.value;
    const compared = these.derivations.steps.size;
    emit({ kind: 'derivations-checked', compared, differing, ms: rounded(clock.elapsed() - started) });
    if (differing.length === 0) return undefined;
    this.#hasFoundOne = true;
    return 'derivations made here are not those that Nix gives; so is all that follows in this run';
  }
}
