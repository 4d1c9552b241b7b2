import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { WholeLook } from '../build/tree-view.ts';
import type { Clock } from '../host/ports.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { Reconciler } from './reconciler.ts';

const nothing: WholeLook = { differing: [], directories: [''] };

/** One over a tree a look at which takes `costMs`. */
function create({ costMs = 0 } = {}) {
  const manual = createManualClock();
  let setForwardMs = 0;
  const clock: Clock = { ...manual, now: () => manual.now() + setForwardMs };
  const begun: number[] = [];
  const looked: number[] = [];
  function* look(): Generator<void, WholeLook> {
    begun.push(clock.elapsed());
    yield;
    if (costMs > 0) manual.advance(costMs);
    return nothing;
  }
  const reconciler = new Reconciler(clock, look, () => looked.push(clock.elapsed()));
  return {
    reconciler,
    begun,
    looked,
    /** As somebody sets the clock, or the machine wakes up. */
    setForward: (ms: number) => (setForwardMs += ms),
    waiting: () => manual.waiting,
    /** Second by second, with time for what a look has to wait for. */
    async pass(seconds: number) {
      for (let i = 0; i < seconds; i++) {
        manual.advance(1000);
        await setImmediate();
        await setImmediate();
      }
    },
  };
}

describe('a reconciler that rests', () => {
  it('looks soon, and then less and less often', async () => {
    const { reconciler, looked, pass } = create();
    reconciler.rest();
    await pass(130);
    expect(looked).toEqual([2, 6, 14, 30, 60, 90, 120].map((second) => second * 1000));
  });

  it('begins again after each cycle', async () => {
    const { reconciler, looked, pass } = create();
    reconciler.rest();
    await pass(20);
    reconciler.busy();
    reconciler.rest();
    await pass(7);
    expect(looked).toEqual([2, 6, 14, 22, 26].map((second) => second * 1000));
  });

  it('does not look by itself while something is going on, and waits for nothing', async () => {
    const { reconciler, begun, waiting, pass } = create();
    reconciler.rest();
    reconciler.busy();
    await pass(100);
    expect(begun).toEqual([]);
    expect(waiting()).toBe(0);
  });

  it('looks every second where it has to', async () => {
    const { reconciler, looked, pass } = create();
    reconciler.rest();
    reconciler.lookOften();
    await pass(5);
    expect(looked).toEqual([1, 2, 3, 4, 5].map((second) => second * 1000));
  });

  it('takes no more than a twentieth of the time for it', async () => {
    const { reconciler, looked, pass } = create({ costMs: 500 });
    reconciler.lookOften();
    reconciler.rest();
    await pass(45);
    for (const [i, at] of looked.entries()) if (i > 0) expect(at - looked[i - 1]!).toBeGreaterThanOrEqual(10_000);
    expect(looked.length).toBeGreaterThan(2);
  });

  it('looks more often again when the machine was suspended, or its clock was set', async () => {
    for (const jump of [3_600_000, -3_600_000]) {
      const { reconciler, looked, setForward, pass } = create();
      reconciler.rest();
      await pass(31);
      setForward(jump);
      await pass(36);
      expect(looked).toEqual([2, 6, 14, 30, 60, 62, 66].map((second) => second * 1000));
    }
  });

  it('takes a clock that is set right by a little for what it was', async () => {
    const { reconciler, looked, setForward, pass } = create();
    reconciler.rest();
    await pass(31);
    setForward(900);
    await pass(36);
    expect(looked).toEqual([2, 6, 14, 30, 60].map((second) => second * 1000));
  });
});

describe('a doubt', () => {
  it('has it look at once', async () => {
    const { reconciler, looked, pass } = create();
    reconciler.rest();
    await pass(1);
    reconciler.doubt();
    await pass(1);
    expect(looked).toHaveLength(1);
  });

  it('is not forgotten where its look is called off', async () => {
    const { reconciler, begun, looked, pass } = create();
    reconciler.doubt();
    reconciler.busy();
    await pass(1);
    expect(looked).toEqual([]);
    reconciler.rest();
    await pass(1);
    expect(begun).toHaveLength(1);
    expect(looked).toHaveLength(1);
  });

  it('is one no more once somebody has looked', async () => {
    const { reconciler, begun, pass } = create();
    reconciler.doubt();
    await expect(reconciler.look()).resolves.toEqual(nothing);
    reconciler.rest();
    await pass(1);
    expect(begun).toHaveLength(1);
  });
});

describe('a look that is asked for', () => {
  it('takes the place of another', async () => {
    const { reconciler, begun } = create();
    const [first, second] = [reconciler.look(), reconciler.look()];
    await expect(first).resolves.toBeUndefined();
    await expect(second).resolves.toEqual(nothing);
    expect(begun).toHaveLength(1);
  });
});
