import type { WholeLook } from '../build/tree-view.ts';
import type { Clock } from '../host/ports.ts';
import { inSlices } from './in-slices.ts';

/** After the last cycle, and twice as long each time that nothing happens: what is lost is mostly lost in a burst. */
const firstPauseMs = 2000;

/** A look at 10,000 files takes 70 ms: every half minute, that is a quarter of a percent of a processor. */
const longestPauseMs = 30_000;

/** Where it is known that events do not come. */
const oftenMs = 1000;

/** Of a processor's time, 1 in so many parts at most, on slow file systems too. */
const share = 20;

/** The two clocks of a machine that was suspended, or whose time was set, are further apart than before by more. */
const jumpMs = 5000;

/**
 * Looks at everything now and then, one look at a time: events get lost, and the last one of all is followed by none that
 * would make up for it. Nobody waits for these looks, and a cycle calls them off.
 */
export class Reconciler {
  readonly #clock: Clock;
  readonly #begin: () => Iterator<unknown, WholeLook>;
  /** Told of each look but those that were asked for. */
  readonly #onLooked: (look: WholeLook) => void;
  #pauseMs = firstPauseMs;
  #isOften = false;
  /** Of the last look. */
  #costMs = 0;
  #apartMs: number;
  #isResting = false;
  /** Some look was wanted, and none has come to its end since. */
  #isDoubtful = false;
  #cancelTimer: () => void = () => undefined;
  #off = new AbortController();

  constructor(clock: Clock, begin: () => Iterator<unknown, WholeLook>, onLooked: (look: WholeLook) => void) {
    this.#clock = clock;
    this.#begin = begin;
    this.#onLooked = onLooked;
    this.#apartMs = clock.now() - clock.elapsed();
  }

  /** One look, instead of any that has begun. Undefined where it was called off. `isUrgent`: somebody waits for just that. */
  async look(isUrgent?: () => boolean): Promise<WholeLook | undefined> {
    this.#off.abort();
    const off = (this.#off = new AbortController());
    this.#isDoubtful = true;
    const looked = await inSlices(this.#begin(), this.#clock, off.signal, isUrgent);
    if (looked === undefined || off.signal.aborted) return undefined;
    this.#costMs = looked.ms;
    this.#isDoubtful = false;
    return looked.value;
  }

  /** Nothing is going on: from now on it looks by itself. */
  rest(): void {
    this.busy();
    this.#isResting = true;
    this.#pauseMs = firstPauseMs;
    if (this.#isDoubtful) void this.#lookByItself();
    else this.#wait();
  }

  /** Something is: no look that nobody asks for, until it rests again. */
  busy(): void {
    this.#isResting = false;
    this.#cancelTimer();
    this.#off.abort();
  }

  /** Something may have been missed: looks at once, and again where that look is called off. */
  doubt(): void {
    this.#pauseMs = firstPauseMs;
    void this.#lookByItself();
  }

  /** From now on every second. */
  lookOften(): void {
    this.#isOften = true;
    this.doubt();
  }

  #wait(): void {
    const pause = this.#isOften ? oftenMs : this.#pauseMs;
    this.#cancelTimer = this.#clock.after(Math.max(pause, this.#costMs * share), () => void this.#lookByItself());
  }

  async #lookByItself(): Promise<void> {
    this.#cancelTimer();
    const looked = await this.look();
    if (looked === undefined) return;
    const apart = this.#clock.now() - this.#clock.elapsed();
    const hasJumped = Math.abs(apart - this.#apartMs) > jumpMs;
    this.#apartMs = apart;
    this.#pauseMs = hasJumped ? firstPauseMs : Math.min(this.#pauseMs * 2, longestPauseMs);
    if (this.#isResting) this.#wait();
    // It may start a cycle, which calls off the next.
    this.#onLooked(looked);
  }
}
