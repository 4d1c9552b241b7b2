import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { MakenixEvent } from '../model/events.ts';
import type { StateFailure } from '../model/failure.ts';
import { drvPath, stepName, storePath, trustedProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { stateFailure } from '../model/state-failure.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import { createRecordingCommands } from '../testing/fakes/recording-commands.ts';
import { compileOf, linkOf, planOf } from '../testing/fakes/steps.ts';
import type { RealiseRequest } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';
import { Builder } from './builder.ts';
import type { FrontEnd, Ready } from './front-end.ts';
import { Pending } from './pending.ts';
import { indexPlan } from './plan-steps.ts';

const settings: OpenedStore['settings'] = {
  ...{ program: 'nix', store: 'ssh://far', isPrivate: false, substitutes: false },
  ...{ addressing: 'content', sandboxPaths: [], jobs: 1 },
};
const store: OpenedStore = { settings, version: '2', label: 'far', root: undefined };
const stop = { abort: new AbortController().signal, drain: new AbortController().signal };

/** A builder of one program that is built already, whose front end and Nix answer when they are told to. */
function setUp({
  root,
  save = () => ok(undefined),
}: { readonly root?: string; readonly save?: () => Result<unknown, StateFailure> } = {}) {
  const plan = planOf([], [linkOf('main', [])]);
  const told: string[] = [];
  const events: MakenixEvent[] = [];
  const waiting = new Map<'prepare' | 'root', () => void>();
  const answered = (what: 'prepare' | 'root'): Promise<void> => {
    told.push(what);
    return new Promise((resolve) => waiting.set(what, resolve));
  };
  const frontEnd = {
    toBuild: new Pending(),
    waitedMs: 0,
    async prepare() {
      await answered('prepare');
      return ok<Ready>({
        indexed: indexPlan(plan, undefined),
        wanted: plan,
        store: { ...store, root },
        realiser: { realise: () => Promise.reject(new Error('nothing to build')) },
        blocked: new Map(),
      });
    },
    versionOf: () => '',
    save() {
      told.push('save');
      return save();
    },
  };
  const clock = createManualClock();
  const files = createMemoryFiles(clock);
  const commands = createRecordingCommands(async () => {
    await answered('root');
    return {};
  });
  const main = { drvPath: drvPath('/nix/store/d-main.drv'), outPath: storePath('/nix/store/o-main') };
  const output = { target: stepName('main'), file: '', link: null, ...main };
  const builder = new Builder(
    { files, commands, clock, emit: (event) => void events.push(event), openFiles: () => files },
    frontEnd as unknown as FrontEnd,
    { outputs: [output], engine: 'far content', warnings: [] },
  );
  return {
    builder,
    told,
    events,
    files,
    cycle: () => builder.cycle('change', 'everything', stop),
    answer: (what: 'prepare' | 'root') => waiting.get(what)?.(),
  };
}

it('remembers nothing in the middle of a cycle that began while outputs were kept from being collected', async () => {
  const { builder, told, cycle, answer } = setUp();
  const first = cycle();
  answer('prepare');
  expect((await first).outcome).toBe('up-to-date');
  const settled = builder.settle();
  answer('root');
  await settled;
  expect(told).toEqual(['prepare', 'root', 'save']);

  const settling = builder.settle();
  const second = cycle();
  answer('root');
  await settling;
  expect(told.slice(3)).toEqual(['root', 'prepare']);
  answer('prepare');
  await second;
  builder.save();
  expect(told.slice(5)).toEqual(['save']);
});

it('says which results were collected before they were kept, of a cycle that made them', async () => {
  const { builder, cycle, answer, files } = setUp({ root: '/near' });
  files.put('near/nix/store/o-main', '');
  const made = cycle();
  answer('prepare');
  await made;
  expect(await builder.settle()).toEqual([]);
  files.remove(trustedProjectPath('near/nix/store/o-main'));
  expect(await builder.settle()).toEqual(['result']);
});

describe('a save during a build', () => {
  /** A builder of one program, in whose cycle Nix does what it is told to. */
  async function building() {
    const plan = planOf([compileOf('a.c'), compileOf('b.c')], [linkOf('main', ['a.o', 'b.o'])]);
    const step = (name: string) => stepName(name);
    const pending = new Pending([[step('a.o'), [{ path: 'a.c', change: 'modified' }]]]);
    let observe: RealiseRequest['observe'] = () => undefined;
    let isRedefined = false;
    const frontEnd = {
      toBuild: pending,
      waitedMs: 0,
      tree: { look: (path: string) => (path === 'same.h' ? 'same' : 'differs'), isRedefined: () => isRedefined },
      readersOf: (path: string) =>
        new Set(['a.c', 'same.h'].includes(path) ? [step('a.o')] : path === 'b.c' ? [step('b.o')] : []),
      prepare: () =>
        Promise.resolve(
          ok<Ready>({
            ...{ indexed: indexPlan(plan), wanted: plan, store, blocked: new Map() },
            realiser: {
              realise: (request) => {
                observe = request.observe;
                return new Promise(() => undefined);
              },
            },
          }),
        ),
    };
    const clock = createManualClock();
    const files = createMemoryFiles(clock);
    const builder = new Builder(
      { files, commands: createRecordingCommands(() => ({})), clock, emit: () => undefined, openFiles: () => files },
      frontEnd as unknown as FrontEnd,
      undefined,
    );
    void builder.cycle('change', 'everything', stop);
    await nextTurn();
    return {
      starts: (name: string) => observe({ kind: 'started', step: step(name) }),
      finishes: (name: string) => observe({ kind: 'finished', step: step(name), outcome: 'rebuilt', ms: 1 }),
      isDisturbedBy: (...paths: string[]) => builder.disturbs(new Set(paths.map(trustedProjectPath))),
      redefine: () => void (isRedefined = true),
    };
  }

  it('ends it at once where nothing has run yet', async () => {
    const { isDisturbedBy } = await building();
    expect(isDisturbedBy('notes.txt')).toBe(true);
  });

  it('ends it at once where what runs is made from that', async () => {
    const { starts, isDisturbedBy, finishes } = await building();
    starts('a.o');
    expect(isDisturbedBy('a.c')).toBe(true);
    expect(isDisturbedBy('b.c')).toBe(false);
    expect(isDisturbedBy('same.h', 'notes.txt')).toBe(false);
    finishes('a.o');
    starts('main');
    expect(isDisturbedBy('b.c')).toBe(true);
  });

  it('between two builders ends it where what is still to run is made from that', async () => {
    const { starts, finishes, isDisturbedBy } = await building();
    starts('a.o');
    finishes('a.o');
    expect(isDisturbedBy('b.c')).toBe(true);
    expect(isDisturbedBy('notes.txt')).toBe(false);
  });

  it('ends it where another build is wanted', async () => {
    const { starts, redefine, isDisturbedBy } = await building();
    starts('a.o');
    expect(isDisturbedBy('makenix.json')).toBe(false);
    redefine();
    expect(isDisturbedBy('makenix.json')).toBe(true);
  });
});

it('says once that what it knows cannot be written, until it can be', async () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write 'x'"), { code: 'ENOSPC' });
  let failure: StateFailure | undefined = stateFailure('.makenix/state.json', full);
  const { builder, events } = setUp({
    save: () => (failure === undefined ? ok(undefined) : fail(failure)),
  });
  builder.save();
  builder.save();
  expect(events).toEqual([{ kind: 'write-failed', cost: 'memory', failure }]);
  const said = failure;
  failure = undefined;
  builder.save();
  failure = said;
  builder.save();
  expect(events).toHaveLength(2);
});
