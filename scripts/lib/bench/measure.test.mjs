import { expect, it } from 'vitest';
import { measure } from './measure.mjs';

it('interleaves the contenders, and keeps nothing of the warm-up', async () => {
  const order = /** @type {string[]} */ ([]);
  const contender = (/** @type {string} */ name) => ({
    name,
    round: async (/** @type {number} */ round) => {
      order.push(`${name}${round}`);
      return { ms: round };
    },
  });
  const { signal } = new AbortController();
  const measured = await measure([contender('a'), contender('b')], { warmups: 1, rounds: 2, signal });
  expect(order).toEqual(['a-1', 'b-1', 'a0', 'b0', 'a1', 'b1']);
  expect(measured).toEqual([
    { name: 'a', samples: [{ ms: 0 }, { ms: 1 }] },
    { name: 'b', samples: [{ ms: 0 }, { ms: 1 }] },
  ]);
});

it('stops between two contenders when it is to stop', async () => {
  const controller = new AbortController();
  const first = async () => {
    controller.abort(new Error('enough'));
    return { ms: 1 };
  };
  const second = () => Promise.reject(new Error('should not have been asked'));
  const contenders = [
    { name: 'a', round: first },
    { name: 'b', round: second },
  ];
  await expect(measure(contenders, { warmups: 0, rounds: 1, signal: controller.signal })).rejects.toThrow('enough');
});
