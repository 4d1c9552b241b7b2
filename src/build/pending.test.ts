import { describe, expect, it } from 'vitest';
import { stepName } from '../model/ids.ts';
import { Pending } from './pending.ts';

const [a, b, c] = [stepName('a.o'), stepName('b.o'), stepName('c.o')];

describe('pending steps', () => {
  it('have every reason since they were last made, each once, by path', () => {
    const pending = new Pending();
    pending.add(a, { path: 'z.h', change: 'modified' });
    pending.add(a, { path: 'b.h', change: 'added' });
    pending.add(a, { path: 'z.h', change: 'modified' });
    pending.add(a, { path: 'z.h', change: 'removed' });
    expect(pending.reasons(a)).toEqual([
      { path: 'b.h', change: 'added' },
      { path: 'z.h', change: 'modified' },
      { path: 'z.h', change: 'removed' },
    ]);
    expect(pending.reasons(b)).toEqual([]);
  });

  it('are in bytewise order, and gone when done', () => {
    const pending = new Pending();
    for (const step of [c, a, b]) pending.add(step, { path: 'x', change: 'flags' });
    pending.done(b);
    pending.done(b);
    expect(pending.steps()).toEqual([a, c]);
    expect([pending.has(a), pending.has(b), pending.size]).toEqual([true, false, 2]);
    pending.add(b, { path: 'y', change: 'flags' });
    expect(pending.reasons(b)).toEqual([{ path: 'y', change: 'flags' }]);
  });

  it('lose those that are no longer in the plan', () => {
    const pending = new Pending([a, b, c].map((step) => [step, [{ path: 'x', change: 'added' }]] as const));
    pending.retain((step) => step !== b);
    expect(pending.steps()).toEqual([a, c]);
  });

  it('go on in the next run as they were left', () => {
    const pending = new Pending();
    pending.add(b, { path: 'x', change: 'modified' });
    pending.add(a, { path: 'y', change: 'first-seen' });
    const next = new Pending(pending.entries());
    expect(next.entries()).toEqual(pending.entries());
    next.add(a, { path: 'z', change: 'added' });
    expect(pending.reasons(a)).toHaveLength(1);
  });
});
