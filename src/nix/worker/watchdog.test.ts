import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessLook } from '../../host/ports.ts';
import { createManualClock } from '../../testing/fakes/manual-clock.ts';
import type { DaemonMessage } from './messages.ts';
import { watchDaemon, type Hang } from './watchdog.ts';

const idle: ProcessLook = {
  isGone: false,
  isStopped: false,
  isAsleep: true,
  hasChildren: () => false,
  cpuTicks: 7,
};
const building: ProcessLook = { ...idle, hasChildren: () => true };
const stopped: ProcessLook = { ...building, isStopped: true, isAsleep: false };
const text: DaemonMessage = { kind: 'text', text: 'hm' };

/** A daemon that looks as the test says, with no limit where it says none. */
function watched(look: ProcessLook | undefined, limitMs = Infinity) {
  const clock = createManualClock();
  const hangs: (Hang & { readonly at: number })[] = [];
  const daemon = { look };
  const watchdog = watchDaemon({
    ...{ clock, limitMs },
    look: () => daemon.look,
    onHang: (hang) => hangs.push({ ...hang, at: clock.elapsed() }),
  });
  return { clock, daemon, hangs, watchdog };
}

const activity = (type: number, fields: readonly string[] = []): DaemonMessage => ({
  ...{ kind: 'activity-started', id: '1', level: 1, type, text: '', fields, parent: '0' },
});
const hour = 3_600_000;

describe('a daemon hangs', () => {
  it('where it is stopped in two looks', () => {
    const { clock, hangs } = watched(stopped);
    clock.advance(hour);
    expect(hangs).toEqual([{ sign: 'stopped', at: 10_000 }]);
    expect(clock.waiting).toBe(0);
  });

  it('where it does nothing in half a minute, and nobody does it for it', () => {
    const { clock, hangs } = watched(idle);
    clock.advance(hour);
    expect(hangs).toEqual([{ sign: 'asleep', ms: 30_000, at: 35_000 }]);
    expect(clock.waiting).toBe(0);
  });

  it.each([
    ['realises', 102, []],
    ['builds', 105, ['/nix/store/a.drv']],
    ['waits for the derivation that it builds in place of another', 111, ['/nix/store/a.drv', '/nix/store/b.drv']],
  ])('though it has said that it %s', (_what, type, fields) => {
    const { clock, hangs, watchdog } = watched(idle);
    watchdog.heard(activity(type, fields));
    clock.advance(hour);
    expect(hangs).toHaveLength(1);
  });

  it('after the last that it said', () => {
    const { clock, hangs, watchdog } = watched(idle);
    clock.advance(29_000);
    watchdog.heard(text);
    clock.advance(hour);
    expect(hangs).toEqual([{ sign: 'asleep', ms: 30_000, at: 60_000 }]);
  });

  it.each([
    ['that cannot be seen', undefined],
    ['that spins', { ...idle, isAsleep: false }],
  ])('where it does not answer in time, one %s', (_what, look) => {
    const { clock, hangs } = watched(look, 30_000);
    clock.advance(29_999);
    expect(hangs).toEqual([]);
    clock.advance(hour);
    expect(hangs).toEqual([{ sign: 'no-answer', ms: 30_000, at: 30_000 }]);
    expect(clock.waiting).toBe(0);
  });
});

describe('a daemon does not hang', () => {
  it.each([
    ['has a builder', building],
    ['waits for a disk or is looked at by a debugger', { ...idle, isAsleep: false }],
    ['cannot be seen', undefined],
  ])('where it %s, however long', (_what, look) => {
    const { clock, hangs } = watched(look);
    clock.advance(24 * hour);
    expect(hangs).toEqual([]);
  });

  it('where it works by itself', () => {
    const { clock, daemon, hangs } = watched(idle);
    for (let cpuTicks = 0; cpuTicks < 100; cpuTicks++) {
      daemon.look = { ...idle, cpuTicks };
      clock.advance(20_000);
    }
    expect(hangs).toEqual([]);
  });

  it.each([
    ['a lock', 111],
    ['a download', 101],
    ['what we have never heard of', 4711],
  ])('while it waits for %s', (_what, type) => {
    const { clock, hangs, watchdog } = watched(idle);
    watchdog.heard(activity(type));
    clock.advance(hour);
    expect(hangs).toEqual([]);
    watchdog.heard({ kind: 'activity-stopped', id: '1' });
    clock.advance(hour);
    expect(hangs).toHaveLength(1);
  });

  it('where it was stopped together with us, and goes on', () => {
    const { clock, daemon, hangs } = watched(stopped);
    clock.advance(5000);
    daemon.look = building;
    clock.advance(5000);
    daemon.look = stopped;
    clock.advance(5000);
    daemon.look = building;
    clock.advance(hour);
    expect(hangs).toEqual([]);
  });

  it('whatever it looks like, while it has a builder and is not stopped twice', () => {
    const looks = fc.record({ isAsleep: fc.boolean(), cpuTicks: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(looks, { maxLength: 40 }), (all) => {
        const { clock, daemon, hangs } = watched(building);
        for (const [i, look] of all.entries()) {
          daemon.look = { ...building, ...look, isStopped: i % 2 === 1 };
          clock.advance(5000);
        }
        return hangs.length === 0;
      }),
    );
  });

  it('once it has answered', () => {
    const { clock, hangs, watchdog } = watched(stopped, 1000);
    watchdog.stop();
    clock.advance(hour);
    expect([hangs, clock.waiting]).toEqual([[], 0]);
  });
});
