import { describe, expect, it } from 'vitest';
import type { Envelope, MakenixEvent } from '../model/events.ts';
import { checkLaws } from './laws.ts';

/** What one run could say; `seq` is filled in. */
const run = (...events: readonly MakenixEvent[]): readonly Envelope[] =>
  events.map((event, i) => ({ v: 1, seq: i + 1, cycle: 1, at: 0, ...event }));

const started: MakenixEvent = {
  kind: 'daemon-started',
  versions: { makenix: '1', nix: '2', compiler: '3' },
  store: 'auto',
  toolchain: 'host',
  addressing: 'content',
};
const stopped: MakenixEvent = { kind: 'daemon-stopped', reason: 'finished' };
const cycleStarted: MakenixEvent = { kind: 'cycle-started', trigger: 'request' };
const cycleFinished: MakenixEvent = {
  kind: 'cycle-finished',
  outcome: 'built',
  rebuilt: [],
  cutOff: [],
  failed: [],
  reused: 0,
  ms: 1,
  ownMs: 1,
  outputs: [],
};
const compiling: MakenixEvent = { kind: 'derivation-started', name: 'a.o', because: [] };
const compiled: MakenixEvent = { kind: 'derivation-finished', name: 'a.o', outcome: 'rebuilt', because: [], ms: 1 };
const cutOff: MakenixEvent = { kind: 'derivation-finished', name: 'a', outcome: 'cut-off', because: [], ms: 0 };

it('lets what was killed have no end, and nothing else go', () => {
  const cut = run(started, cycleStarted, compiling);
  expect(() => checkLaws(cut)).toThrow('a.o in cycle 1 never ended');
  expect(() => checkLaws(cut, true)).not.toThrow();
  expect(() => checkLaws(cut.slice(1), true)).toThrow('seq is 2');
  expect(() => checkLaws(run(compiled), true)).toThrow('ended without a start');
});

describe('checkLaws', () => {
  it('takes a lawful run', () => {
    expect(() =>
      checkLaws(run(started, cycleStarted, compiling, compiled, cutOff, cycleFinished, stopped)),
    ).not.toThrow();
  });

  it.each<readonly [string, readonly Envelope[], RegExp]>([
    [
      'a gap',
      run(started, stopped).map((event) => ({ ...event, seq: event.seq * 2 })),
      /seq is 2 where it should be 1/,
    ],
    ['a field too many', run({ ...stopped, extra: 1 } as MakenixEvent), /no event of the schema/],
    ['a daemon without an end', run(started), /the daemon never ended/],
    ['a cycle without an end', run(cycleStarted), /cycle 1 never ended/],
    ['a step without an end', run(cycleStarted, compiling, cycleFinished), /a\.o in cycle 1 was left open/],
    ['a step without a start', run(compiled), /a\.o in cycle 1 ended without a start/],
    ['a step that starts twice', run(cycleStarted, compiling, compiling, compiled, cycleFinished), /started twice/],
    ['two ends', run(cycleStarted, cycleFinished, cycleFinished), /cycle 1 ended without a start/],
  ])('finds %s', (_, events, message) => {
    expect(() => checkLaws(events)).toThrow(message);
  });
});
