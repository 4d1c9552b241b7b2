import { describe, expect, it } from 'vitest';
import type { Clock } from '../host/ports.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { inSlices } from './in-slices.ts';

/** Each step of the work takes as long as is said. */
function workOf(steps: readonly number[]) {
  const clock = createManualClock();
  const log: string[] = [];
  const ticking: Clock = {
    ...clock,
    elapsed: clock.elapsed,
    turn: () => {
      log.push('turn');
      return clock.turn();
    },
  };
  function* work(): Generator<void, string> {
    for (const ms of steps) {
      clock.advance(ms);
      log.push(`step ${ms}`);
      yield;
    }
    return 'done';
  }
  return { clock: ticking, log, work: work() };
}

describe('work in slices', () => {
  it('lets others have a turn before it begins, and after each slice', async () => {
    const { clock, log, work } = workOf([0.5, 0.5, 0.5, 5, 0.5]);
    await expect(inSlices(work, clock, new AbortController().signal)).resolves.toEqual({ value: 'done', ms: 7 });
    expect(log).toEqual(['turn', 'step 0.5', 'step 0.5', 'turn', 'step 0.5', 'step 5', 'turn', 'step 0.5']);
  });

  it('lets them wait longer as long as it is urgent', async () => {
    const { clock, log, work } = workOf([4, 4, 4, 0.5, 0.5, 0.5]);
    let urgent = 2;
    await inSlices(work, clock, new AbortController().signal, () => urgent-- > 1);
    expect(log.join(' ')).toBe('turn step 4 step 4 step 4 turn step 0.5 step 0.5 turn step 0.5');
  });

  it('ends where it is called off', async () => {
    const { clock, log, work } = workOf([2, 2, 2]);
    const controller = new AbortController();
    const ending = inSlices(work, clock, controller.signal);
    await clock.turn();
    controller.abort();
    await expect(ending).resolves.toBeUndefined();
    expect(log.filter((each) => each.startsWith('step')).length).toBeLessThan(3);
  });

  it('does nothing where it was called off before', async () => {
    const { clock, log, work } = workOf([1]);
    await expect(inSlices(work, clock, AbortSignal.abort())).resolves.toBeUndefined();
    expect(log).toEqual(['turn']);
  });
});
