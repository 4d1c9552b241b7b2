import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Watcher, WatchHandlers } from '../host/ports.ts';
import type { MakenixEvent } from '../model/events.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { paths } from '../testing/fakes/memory-files.ts';
import { WatchKeeper } from './watch-keeper.ts';

const [a, b] = paths('src/a.c', 'src/new/b.h') as [ProjectPath, ProjectPath];
const directories = ['', 'src'];

async function create() {
  const clock = createManualClock();
  const log: string[] = [];
  const unwatched = new Set<string>();
  let handlers: WatchHandlers | undefined;
  const watcher: Watcher = {
    async watch(root, _, given) {
      log.push(`watch ${root}`);
      handlers = given;
      return {
        unwatched: (asked) => [...asked].filter((directory) => unwatched.has(directory)),
        async close() {
          log.push('close');
        },
      };
    },
  };
  const emit = (event: MakenixEvent): void => {
    if (event.kind === 'watch-degraded') log.push([event.reason, event.action, ...event.paths].join(' '));
  };
  const keeper = new WatchKeeper({
    ...{ root: '/project', watcher, clock, emit, ignored: (path: string) => path.startsWith('gen/') },
    onHint: (path) => log.push(`hint ${path}`),
    onDoubt: () => log.push('doubt'),
    onBlind: () => log.push('blind'),
  });
  await keeper.open();
  log.length = 0;
  return {
    keeper,
    clock,
    unwatched,
    hint: (path: string) => handlers?.onHint(trustedProjectPath(path)),
    fail: () => handlers?.onDegraded('too-many-watches', 'ENOSPC'),
    poll: () => handlers?.onDegraded('polling', 'asked to'),
    /** What has happened since it was last asked for, once a second has passed. */
    async after(ms: number) {
      clock.advance(ms);
      await setImmediate();
      return log.splice(0);
    },
  };
}

describe('a change that was found by looking', () => {
  it('is lost where nothing is heard of it: the project is watched anew, and looked at once more', async () => {
    const { keeper, after } = await create();
    keeper.looked([a], directories);
    expect(await after(999)).toEqual([]);
    expect(await after(1)).toEqual(['close', 'watch /project', 'lost-events watches-anew src/a.c', 'doubt']);
    expect(await after(60_000)).toEqual([]);
  });

  it.each(['src/a.c', 'src'])('is not where %s is heard of a little later', async (path) => {
    const { keeper, hint, after } = await create();
    keeper.looked([a], directories);
    hint(path);
    expect(await after(60_000)).toEqual([`hint ${path}`]);
  });

  it.each(['src/new/b.h', 'src/new'])('is not where %s was heard of before', async (path) => {
    const { keeper, hint, after } = await create();
    hint(path);
    keeper.looked([b], directories);
    expect(await after(60_000)).toEqual([`hint ${path}`]);
  });

  it('is not where it is in what is ignored', async () => {
    const { keeper, after } = await create();
    keeper.looked([trustedProjectPath('gen/g.h')], directories);
    expect(await after(60_000)).toEqual([]);
  });

  it('is where only another of that name was', async () => {
    const { keeper, hint, after } = await create();
    keeper.looked([a], directories);
    hint('src/a.cc');
    hint('a.c');
    expect(await after(1000)).toContain('lost-events watches-anew src/a.c');
  });

  it('is where that was before all was well', async () => {
    const { keeper, hint, after } = await create();
    hint(a);
    keeper.looked([], directories);
    keeper.looked([a]);
    expect(await after(1000)).toContain('lost-events watches-anew src/a.c');
  });
});

describe('a directory that is not watched', () => {
  it('has the project watched anew, if that is so for a while', async () => {
    const { keeper, unwatched, after } = await create();
    unwatched.add('src');
    keeper.looked([], directories);
    expect(await after(1000)).toEqual(['close', 'watch /project', 'unwatched-directories watches-anew src', 'doubt']);
  });

  it('is none that is watched by then', async () => {
    const { keeper, unwatched, after } = await create();
    unwatched.add('src');
    keeper.looked([], directories);
    unwatched.clear();
    expect(await after(60_000)).toEqual([]);
  });
});

describe('watching that does not help', () => {
  it('is left be after two times, and looking has to do', async () => {
    const { keeper, after } = await create();
    for (let i = 0; i < 2; i++) {
      keeper.looked([a], directories);
      await after(1000);
    }
    keeper.looked([a], directories);
    expect(await after(1000)).toEqual(['blind', 'lost-events checks-often src/a.c', 'doubt']);
    keeper.looked([a], directories);
    expect(await after(60_000)).toEqual([]);
  });

  it('is tried again where that is long ago', async () => {
    const { keeper, after } = await create();
    for (let i = 0; i < 4; i++) {
      keeper.looked([a], directories);
      expect(await after(1000)).toContain('lost-events watches-anew src/a.c');
      await after(400_000);
    }
  });

  it('is told once, and what is lost then is no news', async () => {
    const { keeper, fail, after } = await create();
    fail();
    fail();
    keeper.looked([a], directories);
    expect(await after(60_000)).toEqual(['too-many-watches checks-often', 'blind']);
  });

  it('is not what somebody wants who asks for polling', async () => {
    const { keeper, poll, after } = await create();
    poll();
    expect(await after(0)).toEqual(['polling polls']);
    keeper.looked([a], directories);
    expect(await after(1000)).toContain('lost-events watches-anew src/a.c');
  });
});

it('is closed for good, also while a change may be a lost one', async () => {
  const { keeper, clock, after } = await create();
  keeper.looked([a], directories);
  await keeper.close();
  expect(clock.waiting).toBe(0);
  expect(await after(60_000)).toEqual(['close']);
});
