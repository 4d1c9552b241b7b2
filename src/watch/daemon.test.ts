import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Builder, Confirm, CycleReport } from '../build/builder.ts';
import type { WholeLook } from '../build/tree-view.ts';
import type { Hints } from '../build/tree.ts';
import type { Watcher, WatchHandlers } from '../host/ports.ts';
import type { CycleTrigger, MakenixEvent } from '../model/events.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import type { StopSignals } from '../nix/realiser.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { paths } from '../testing/fakes/memory-files.ts';
import { runDaemon } from './daemon.ts';

const [a, b] = paths('src/a.c', 'src/b.c') as [ProjectPath, ProjectPath];
const report: CycleReport = { outcome: 'built', rebuilt: [], outputs: [] };

interface RunningCycle {
  readonly trigger: CycleTrigger;
  readonly hints: Hints;
  readonly stop: StopSignals;
  readonly confirm: Confirm;
  readonly end: () => void;
}

/**
 * A daemon over a tree in memory. A cycle sees the files that it is started for as they are then, and ends when the test
 * says so; `save` without an event is what a watcher leaves out.
 */
function startDaemon({ isWatching = Promise.resolve(), stop = new AbortController() } = {}) {
  const clock = createManualClock();
  const disk = new Map<ProjectPath, string>([
    [a, '1'],
    [b, '1'],
  ]);
  const seen = new Map<ProjectPath, string>();
  const told: string[] = [];
  const cycles: RunningCycle[] = [];
  const reports: CycleReport[] = [];
  let handlers: WatchHandlers | undefined;
  let isDisturbing = true;
  let looks = 0;
  const replaced = new Set<string>();
  const collected: ProjectPath[] = [];

  const look = (path: ProjectPath): 'differs' | 'same' | 'unsettled' =>
    disk.get(path) === seen.get(path) ? 'same' : disk.has(path) ? 'differs' : 'unsettled';
  const take = (path: ProjectPath): void => {
    const contents = disk.get(path);
    if (contents === undefined) seen.delete(path);
    else seen.set(path, contents);
  };
  const builder = {
    tree: {
      look,
      ignored: (path: ProjectPath) => path.startsWith('.git/'),
      isDirectory: (path: ProjectPath) => [...disk.keys()].some((file) => file.startsWith(`${path}/`)),
      *lookAtAll(): Generator<void, WholeLook> {
        looks++;
        yield;
        return {
          differing: [...new Set([...disk.keys(), ...seen.keys()])].filter((path) => look(path) !== 'same'),
          directories: ['', 'src'],
        };
      },
    },
    async cycle(trigger: CycleTrigger, hints: Hints, signals: StopSignals, confirm: Confirm): Promise<CycleReport> {
      told.push(`cycle ${hints === 'everything' ? hints : [...hints].join(' ')}`);
      for (const path of hints === 'everything' ? disk.keys() : hints) take(path);
      await new Promise<void>((end) => cycles.push({ trigger, hints, stop: signals, end, confirm }));
      return report;
    },
    disturbs: () => isDisturbing,
    async warm() {
      told.push('warm');
    },
    async settle() {
      told.push('settle');
      return collected.splice(0);
    },
  };
  const watcher: Watcher = {
    async watch(root, ignored, given) {
      told.push(`watch ${root}`);
      expect(ignored(trustedProjectPath('.git/HEAD'))).toBe(true);
      handlers = given;
      await isWatching;
      return {
        unwatched: (directories) => [...directories].filter((directory) => replaced.has(directory)),
        async close() {
          told.push('close');
        },
      };
    },
  };
  const emit = (event: MakenixEvent): void => {
    if (event.kind === 'change-observed') told.push(`changed ${event.paths.join(' ')}`);
    else told.push([event.kind, ...('paths' in event ? event.paths : [])].join(' '));
  };
  let numbered = 0;
  let isInTransition = false;
  const ports = {
    ...{ root: '/project', watcher, clock, emit, beginCycle: () => numbered++ },
    isInTransition: () => isInTransition,
  };
  const ended = runDaemon(ports, builder as unknown as Builder, stop.signal, (each) => reports.push(each));
  const event = (path: ProjectPath): void => handlers?.onHint(path);

  return {
    clock,
    cycles,
    ended,
    event,
    reports,
    stop,
    told,
    collected,
    numbered: () => numbered,
    degrade: () => handlers?.onDegraded('too-many-watches', 'ENOSPC'),
    letFinish: () => (isDisturbing = false),
    change: (path: ProjectPath, contents: string) => disk.set(path, contents),
    /** Writes, with an event. */
    save(path: ProjectPath, contents: string) {
      disk.set(path, contents);
      event(path);
    },
    /** Ends the cycle that runs, and lets what follows from it happen. */
    async endCycle() {
      cycles.at(-1)?.end();
      await setImmediate();
    },
    /** Lets a look at everything come to its end. */
    async lookDone() {
      await setImmediate();
      await setImmediate();
    },
    setTransition: (is: boolean) => (isInTransition = is),
    doubt: () => handlers?.onDoubt(),
    replace: (directory: string) => replaced.add(directory),
    remove: (path: ProjectPath) => disk.delete(path),
    /** How often everything was looked at. */
    looks: () => looks,
    /** What has been told since the last time it was asked for. */
    news: () => told.splice(0),
  };
}

/** A daemon whose first cycle is over. */
async function idleDaemon() {
  const daemon = startDaemon();
  await setImmediate();
  await daemon.lookDone();
  await daemon.endCycle();
  daemon.news();
  return daemon;
}

describe('a daemon', () => {
  it('watches before it looks at the tree, and says when every directory is watched', async () => {
    const daemon = startDaemon();
    expect(daemon.news()).toEqual(['watch /project', 'cycle everything']);
    await setImmediate();
    expect(daemon.news()).toEqual(['daemon-ready']);
    expect(daemon.cycles).toMatchObject([{ trigger: 'request', hints: 'everything' }]);
    await daemon.endCycle();
    expect(daemon.reports).toEqual([report]);
    expect(daemon.numbered()).toBe(1);
  });

  it('finds what changed between its first look and the last directory watched', async () => {
    let ready: () => void = () => undefined;
    const daemon = startDaemon({ isWatching: new Promise((resolve) => (ready = resolve)) });
    daemon.change(b, '2');
    ready();
    await daemon.lookDone();
    expect(daemon.cycles[0]?.stop.abort.aborted).toBe(true);
    await daemon.endCycle();
    expect(daemon.cycles[1]).toMatchObject({ trigger: 'change', hints: new Set([b]) });
  });

  it('tells of a save, and starts a cycle for it, at once', async () => {
    const daemon = await idleDaemon();
    daemon.save(a, '2');
    expect(daemon.news()).toEqual(['changed src/a.c', 'cycle src/a.c']);
    expect(daemon.cycles[1]).toMatchObject({ trigger: 'change', hints: new Set([a]) });
    expect(daemon.numbered()).toBe(2);
    await daemon.endCycle();
    expect(daemon.reports).toHaveLength(2);
  });

  it('finds a second write that had no event when the quiet window has passed', async () => {
    const daemon = await idleDaemon();
    daemon.save(a, '2');
    await daemon.endCycle();
    daemon.change(a, '3');
    daemon.news();
    daemon.clock.advance(79);
    expect(daemon.news()).toEqual([]);
    daemon.clock.advance(1);
    expect(daemon.news()).toEqual(['changed src/a.c', 'cycle src/a.c']);
  });

  it('finds it while the cycle for the first one runs, and ends that', async () => {
    const daemon = await idleDaemon();
    daemon.save(a, '2');
    daemon.change(a, '3');
    daemon.clock.advance(80);
    expect(daemon.cycles[1]?.stop.abort.aborted).toBe(true);
    await daemon.endCycle();
    expect(daemon.cycles[2]?.hints).toEqual(new Set([a]));
    await daemon.endCycle();
    daemon.clock.advance(1000);
    expect(daemon.cycles).toHaveLength(3);
  });

  it('starts nothing for a file that is touched', async () => {
    const daemon = await idleDaemon();
    daemon.event(a);
    daemon.clock.advance(100);
    expect(daemon.news()).toEqual([]);
    expect(daemon.cycles).toHaveLength(1);
  });

  it('finds a file that had no event in a directory that had one', async () => {
    const daemon = await idleDaemon();
    daemon.change(trustedProjectPath('src/new/c.c'), '1');
    daemon.event(trustedProjectPath('src/new'));
    daemon.clock.advance(80);
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['changed src/new/c.c', 'cycle src/new/c.c']);
  });

  it('takes no notice of what is ignored', async () => {
    const daemon = await idleDaemon();
    daemon.save(trustedProjectPath('.git/HEAD'), '2');
    expect(daemon.news()).toEqual([]);
  });
});

describe('a save during a cycle', () => {
  it('ends the cycle now, where what runs is made from the file', async () => {
    const daemon = await idleDaemon();
    daemon.save(a, '2');
    daemon.clock.advance(80);
    daemon.save(a, '3');
    const [, cycle] = daemon.cycles;
    expect([cycle?.stop.abort.aborted, cycle?.stop.drain.aborted]).toEqual([true, false]);
    expect(daemon.cycles).toHaveLength(2);
    await daemon.endCycle();
    expect(daemon.cycles[2]?.hints).toEqual(new Set([a]));
    expect(daemon.cycles[2]?.stop.abort.aborted).toBe(false);
  });

  it('lets what runs finish where it is made from other files', async () => {
    const daemon = await idleDaemon();
    daemon.letFinish();
    daemon.save(a, '2');
    daemon.clock.advance(80);
    daemon.save(b, '2');
    const [, cycle] = daemon.cycles;
    expect([cycle?.stop.abort.aborted, cycle?.stop.drain.aborted]).toEqual([false, true]);
    await daemon.endCycle();
    expect(daemon.cycles[2]?.hints).toEqual(new Set([b]));
  });
});

describe('a change of branch', () => {
  it('is waited for to its end', async () => {
    const daemon = await idleDaemon();
    daemon.setTransition(true);
    daemon.save(a, '2');
    daemon.clock.advance(400);
    daemon.save(b, '2');
    daemon.clock.advance(400);
    expect(daemon.cycles).toHaveLength(1);
    daemon.setTransition(false);
    daemon.clock.advance(80);
    expect(daemon.cycles[1]?.hints).toEqual(new Set([a, b]));
  });

  it('is waited for during a cycle too, which it ends', async () => {
    const daemon = await idleDaemon();
    daemon.save(a, '2');
    daemon.clock.advance(80);
    daemon.setTransition(true);
    daemon.save(b, '2');
    expect(daemon.cycles[1]?.stop.abort.aborted).toBe(true);
    await daemon.endCycle();
    daemon.clock.advance(400);
    expect(daemon.cycles).toHaveLength(2);
    daemon.setTransition(false);
    daemon.clock.advance(80);
    expect(daemon.cycles[2]?.hints).toEqual(new Set([b]));
  });

  it('that gets no further for half a second is waited for no longer', async () => {
    const daemon = await idleDaemon();
    daemon.setTransition(true);
    daemon.save(a, '2');
    daemon.clock.advance(7 * 80 - 1);
    expect(daemon.cycles).toHaveLength(1);
    daemon.clock.advance(1);
    expect(daemon.cycles[1]?.hints).toEqual(new Set([a]));
  });
});

describe('watching that goes wrong', () => {
  it('is told, and makes up for what was missed', async () => {
    const daemon = await idleDaemon();
    daemon.change(b, '2');
    daemon.degrade();
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['watch-degraded', 'changed src/b.c', 'cycle src/b.c']);
  });

  it('is told, and that is all, where nothing was missed', async () => {
    const daemon = await idleDaemon();
    daemon.degrade();
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['watch-degraded']);
  });

  it('is made up for every second from then on', async () => {
    const daemon = await idleDaemon();
    daemon.degrade();
    await daemon.lookDone();
    for (const contents of ['2', '3', '4']) {
      daemon.change(b, contents);
      daemon.news();
      daemon.clock.advance(1000);
      await daemon.lookDone();
      expect(daemon.news()).toEqual(expect.arrayContaining(['changed src/b.c', 'cycle src/b.c']));
      await daemon.endCycle();
    }
  });
});

describe('an event that is lost', () => {
  it('is made up for before a cycle says that all is well', async () => {
    const daemon = await idleDaemon();
    daemon.change(b, '2');
    daemon.save(a, '2');
    daemon.news();
    await expect(daemon.cycles[1]?.confirm(() => false)).resolves.toBe(false);
    expect(daemon.news()).toEqual(['changed src/b.c']);
    expect(daemon.cycles[1]?.stop.abort.aborted).toBe(true);
    await daemon.endCycle();
    expect(daemon.news()).toEqual([]);
    daemon.clock.advance(80);
    await daemon.endCycle();
    expect(daemon.cycles[2]?.hints).toEqual(new Set([a, b]));
    await expect(daemon.cycles[2]?.confirm(() => false)).resolves.toBe(true);
  });

  it('is made up for within two seconds where no other comes', async () => {
    const daemon = await idleDaemon();
    daemon.change(a, '2');
    daemon.clock.advance(1999);
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['settle', 'warm']);
    daemon.clock.advance(1);
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['changed src/a.c', 'cycle src/a.c']);
  });

  it('is told, a second later, and has everything watched anew', async () => {
    const daemon = await idleDaemon();
    daemon.change(a, '2');
    daemon.doubt();
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['changed src/a.c', 'cycle src/a.c']);
    daemon.clock.advance(1000);
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['close', 'watch /project', 'watch-degraded src/a.c']);
  });

  it('is told where it is found beside what came into a new directory, which is not', async () => {
    const daemon = await idleDaemon();
    daemon.change(b, '2');
    daemon.change(trustedProjectPath('src/new/c.c'), '1');
    daemon.event(trustedProjectPath('src/new'));
    daemon.clock.advance(80);
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['changed src/b.c src/new/c.c', 'cycle src/b.c src/new/c.c']);
    daemon.clock.advance(1000);
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['close', 'watch /project', 'watch-degraded src/b.c']);
  });

  it('is looked for once more where a save came in between', async () => {
    const daemon = await idleDaemon();
    daemon.change(b, '2');
    daemon.doubt();
    daemon.save(a, '2');
    daemon.news();
    await daemon.lookDone();
    expect(daemon.news()).toEqual([]);
    await daemon.endCycle();
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['changed src/b.c', 'cycle src/a.c src/b.c']);
  });

  it('of a file that vanished may be the beginning of a save: it is given time', async () => {
    const daemon = await idleDaemon();
    daemon.remove(a);
    daemon.doubt();
    await daemon.lookDone();
    expect(daemon.news()).toEqual([]);
    daemon.clock.advance(79);
    expect(daemon.news()).toEqual([]);
    daemon.clock.advance(1);
    expect(daemon.news()).toEqual(['changed src/a.c', 'cycle src/a.c']);
  });

  it('of a file that vanished for a moment is none', async () => {
    const daemon = await idleDaemon();
    daemon.remove(a);
    daemon.doubt();
    await daemon.lookDone();
    daemon.change(a, '1');
    daemon.clock.advance(80);
    expect(daemon.news()).toEqual([]);
    expect(daemon.cycles).toHaveLength(1);
  });

  it('may be one of thousands, of which none is named', async () => {
    const daemon = await idleDaemon();
    for (let i = 0; i < 300; i++) daemon.change(trustedProjectPath(`src/${i}.c`), '1');
    daemon.doubt();
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['cycle everything']);
    expect(daemon.cycles[1]?.trigger).toBe('reconcile');
  });
});

describe('a look at everything', () => {
  it('is called off by a cycle that is superseded, which another follows', async () => {
    const daemon = await idleDaemon();
    daemon.save(a, '2');
    daemon.clock.advance(80);
    const confirmed = daemon.cycles[1]?.confirm(() => false);
    daemon.save(b, '2');
    await daemon.endCycle();
    await expect(confirmed).resolves.toBe(true);
    expect(daemon.cycles[2]?.hints).toEqual(new Set([b]));
  });

  it('in a cycle is made again where another takes its place', async () => {
    const daemon = await idleDaemon();
    daemon.save(a, '2');
    const confirmed = daemon.cycles[1]?.confirm(() => false);
    daemon.change(b, '2');
    daemon.doubt();
    await expect(confirmed).resolves.toBe(false);
    expect(daemon.cycles[1]?.stop.abort.aborted).toBe(true);
  });

  it('is not made for each save of a burst', async () => {
    const daemon = await idleDaemon();
    const before = daemon.looks();
    daemon.save(a, '2');
    for (let i = 3; i < 100; i++) daemon.save(i % 2 === 0 ? a : b, String(i));
    await daemon.endCycle();
    daemon.clock.advance(80);
    expect(daemon.cycles.at(-1)?.hints).toEqual(new Set([a, b]));
    expect(daemon.looks()).toBe(before);
  });

  it('finds a directory that is not watched any more, and has it watched', async () => {
    const daemon = await idleDaemon();
    daemon.replace('src');
    daemon.clock.advance(2000);
    await daemon.lookDone();
    daemon.clock.advance(1000);
    await daemon.lookDone();
    expect(daemon.news()).toEqual(['settle', 'warm', 'close', 'watch /project', 'watch-degraded src']);
  });
});

describe('what is known', () => {
  it('is written down when nobody has waited for a while', async () => {
    const daemon = await idleDaemon();
    daemon.clock.advance(299);
    expect(daemon.news()).toEqual([]);
    daemon.clock.advance(1);
    expect(daemon.news()).toEqual(['settle']);
    daemon.clock.advance(5000);
    expect(daemon.news()).toEqual([]);
  });

  it('is followed by what the next cycle would have to do first', async () => {
    const daemon = await idleDaemon();
    daemon.clock.advance(300);
    await Promise.resolve();
    expect(daemon.news()).toEqual(['settle', 'warm']);
  });

  it('is made anew where it was collected before it was kept', async () => {
    const daemon = await idleDaemon();
    daemon.collected.push(b);
    daemon.clock.advance(300);
    await setImmediate();
    expect(daemon.news()).toEqual(['settle', 'cycle src/b.c']);
    await daemon.endCycle();
    daemon.clock.advance(300);
    await setImmediate();
    expect(daemon.news()).toEqual(['settle', 'warm']);
  });

  it('is left to the cycle that runs by then, where it was collected', async () => {
    const daemon = await idleDaemon();
    daemon.collected.push(...paths('result'));
    daemon.clock.advance(300);
    daemon.save(a, '2');
    await setImmediate();
    expect(daemon.news()).toEqual(['settle', 'changed src/a.c', 'cycle src/a.c', 'warm']);
  });

  it('is not while another cycle runs', async () => {
    const daemon = await idleDaemon();
    daemon.clock.advance(200);
    daemon.save(a, '2');
    daemon.clock.advance(5000);
    expect(daemon.news()).toEqual(['changed src/a.c', 'cycle src/a.c']);
    await daemon.endCycle();
    daemon.clock.advance(300);
    expect(daemon.news()).toEqual(['settle']);
  });

  it('is written down once after a cycle that the next one followed at once', async () => {
    const daemon = await idleDaemon();
    daemon.save(a, '2');
    daemon.clock.advance(80);
    daemon.save(a, '3');
    await daemon.endCycle();
    await daemon.endCycle();
    daemon.news();
    daemon.clock.advance(299);
    expect(daemon.news()).toEqual([]);
    daemon.clock.advance(5000);
    expect(daemon.news()).toEqual(['settle']);
  });
});

describe('a stop', () => {
  it('ends an idle daemon: closes the watcher, writes down what is known, leaves no timer', async () => {
    const daemon = await idleDaemon();
    daemon.event(a);
    daemon.stop.abort();
    await daemon.ended;
    expect(daemon.news()).toEqual(['close', 'settle']);
    expect(daemon.clock.waiting).toBe(0);
    daemon.save(a, '2');
    daemon.degrade();
    expect(daemon.cycles).toHaveLength(1);
  });

  it('ends the cycle that runs, and waits for it', async () => {
    const daemon = await idleDaemon();
    daemon.save(a, '2');
    daemon.news();
    daemon.stop.abort();
    await setImmediate();
    expect(daemon.cycles[1]?.stop.abort.aborted).toBe(true);
    expect(daemon.news()).toEqual([]);
    await daemon.endCycle();
    await daemon.ended;
    expect(daemon.news()).toEqual(['close', 'settle']);
    expect(daemon.reports).toHaveLength(2);
    expect(daemon.clock.waiting).toBe(0);
  });

  it('comes through before every directory is watched', async () => {
    let ready: () => void = () => undefined;
    const daemon = startDaemon({ isWatching: new Promise((resolve) => (ready = resolve)) });
    daemon.stop.abort();
    await daemon.endCycle();
    ready();
    await daemon.ended;
    expect(daemon.news()).toEqual(['watch /project', 'cycle everything', 'close', 'settle']);
  });

  it('comes through where it was there from the start', async () => {
    const stop = new AbortController();
    stop.abort();
    const daemon = startDaemon({ stop });
    await setImmediate();
    await daemon.endCycle();
    await daemon.ended;
    expect(daemon.cycles[0]?.stop.abort.aborted).toBe(true);
  });
});
