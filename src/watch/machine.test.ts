import { describe, expect, it } from 'vitest';
import type { ProjectPath } from '../model/ids.ts';
import { paths } from '../testing/fakes/memory-files.ts';
import { initial, next, type WatchEffect, type WatchInput, type WatchState } from './machine.ts';

const [a, b] = paths('a.c', 'b.h') as [ProjectPath, ProjectPath];
const set = (...members: readonly ProjectPath[]): ReadonlySet<ProjectPath> => new Set(members);

const idle = (doubtful = set(), isQuiet = doubtful.size === 0): WatchState => ({ kind: 'idle', doubtful, isQuiet });
const building = (doubtful = set(), isQuiet = doubtful.size === 0): WatchState => ({
  kind: 'building',
  doubtful,
  isQuiet,
});
const settling = (...hints: readonly ProjectPath[]): WatchState => ({
  kind: 'settling',
  hints: set(...hints),
  said: set(),
});
/** All of whose hints have been acknowledged but those of a later burst. */
const superseding = (isQuiet: boolean, said: readonly ProjectPath[], ...burst: readonly ProjectPath[]): WatchState => ({
  kind: 'superseding',
  hints: set(...said, ...burst),
  said: set(...said),
  isQuiet,
});
const stopping = (isBuilding: boolean): WatchState => ({ kind: 'stopping', isBuilding });

const hint = (path: ProjectPath, look: 'differs' | 'same' | 'unsettled'): WatchInput => ({ kind: 'hint', path, look });
const confirmed = (...differing: readonly ProjectPath[]): WatchInput => ({ kind: 'confirmed', differing });
const quiet: WatchInput = { kind: 'quiet' };
const ended: WatchInput = { kind: 'ended' };
const stop: WatchInput = { kind: 'stop' };

const told = (...each: readonly ProjectPath[]): WatchEffect => ({ kind: 'acknowledge', paths: each });
const confirm = (...each: readonly ProjectPath[]): WatchEffect => ({ kind: 'confirm', hints: set(...each) });
const start = (...hints: readonly ProjectPath[]): WatchEffect => ({ kind: 'start-cycle', hints: set(...hints) });
const supersede = (...hints: readonly ProjectPath[]): WatchEffect => ({
  kind: 'supersede',
  hints: set(...hints),
});
const restart: WatchEffect = { kind: 'restart-window' };
const abort: WatchEffect = { kind: 'abort' };
const finish: WatchEffect = { kind: 'finish' };

type Row = readonly [
  name: string,
  from: WatchState,
  input: WatchInput,
  to: WatchState,
  effects: readonly WatchEffect[],
];

function table(rows: readonly Row[]): void {
  it.each(rows)('%s', (_, from, input, state, effects) => {
    expect(next(from, input)).toEqual({ state, effects });
  });
}

it('begins with a cycle over everything', () => {
  expect(initial).toEqual({ state: building(), effects: [{ kind: 'start-cycle', hints: 'everything' }] });
});

describe('idle', () => {
  table([
    ['a save starts a cycle at once', idle(), hint(a, 'differs'), building(set(a)), [told(a), restart, start(a)]],
    ['what is doubtful stays so', idle(set(b)), hint(a, 'differs'), building(set(b, a)), [told(a), restart, start(a)]],
    ['a file that vanished waits', idle(), hint(a, 'unsettled'), settling(a), [restart]],
    ['it takes along what is doubtful', idle(set(b)), hint(a, 'unsettled'), settling(b, a), [restart]],
    ['the same contents are doubtful', idle(), hint(a, 'same'), idle(set(a)), [restart]],
    ['quiet: what is doubtful is looked at again', idle(set(a, b)), quiet, idle(), [confirm(a, b)]],
    ['quiet: nothing is doubtful', idle(), quiet, idle(), []],
    ['none differs', idle(set(a)), confirmed(), idle(set(a)), []],
    ['one differs', idle(), confirmed(a), building(set(a)), [told(a), restart, start(a)]],
    [
      'one differs, another is doubtful',
      idle(set(b)),
      confirmed(a),
      building(set(b, a)),
      [told(a), restart, start(b, a)],
    ],
    ['ended, which was long ago', idle(), ended, idle(), []],
    ['stop', idle(), stop, stopping(false), [finish]],
  ]);
});

describe('settling', () => {
  table([
    ['any hint puts it off', settling(a), hint(b, 'same'), settling(a, b), [restart]],
    ['a save too', settling(a), hint(a, 'differs'), settling(a), [restart]],
    ['quiet', settling(a, b), quiet, building(set(a, b)), [told(a, b), restart, start(a, b)]],
    [
      'quiet after too much',
      { kind: 'settling', hints: 'everything', said: set() },
      quiet,
      building(set(), false),
      [restart, { kind: 'start-cycle', hints: 'everything' }],
    ],
    ['more differs', settling(a), confirmed(b), settling(a, b), []],
    ['ended', settling(a), ended, settling(a), []],
    ['stop', settling(a), stop, stopping(false), [finish]],
  ]);
});

describe('building', () => {
  table([
    ['a save', building(), hint(a, 'differs'), superseding(true, [a]), [told(a), restart, supersede(a)]],
    [
      'one of a burst',
      building(set(b)),
      hint(a, 'differs'),
      superseding(false, [b, a]),
      [told(a), restart, supersede(b, a)],
    ],
    [
      'a file that vanished',
      building(),
      hint(a, 'unsettled'),
      superseding(false, [a]),
      [told(a), restart, supersede(a)],
    ],
    ['the same contents', building(), hint(a, 'same'), building(set(a)), [restart]],
    ['quiet: what is doubtful is looked at again', building(set(a)), quiet, building(), [confirm(a)]],
    ['none differs', building(set(a)), confirmed(), building(set(a)), []],
    ['one differs', building(), confirmed(a), superseding(true, [a]), [told(a), supersede(a)]],
    [
      'one differs, another is doubtful',
      building(set(b)),
      confirmed(a),
      superseding(false, [b, a]),
      [told(a), supersede(b, a)],
    ],
    ['ended before it is quiet', building(set(a)), ended, idle(set(a)), []],
    ['ended', building(), ended, idle(), []],
    ['stop', building(set(a)), stop, stopping(true), [abort]],
  ]);
});

describe('superseding', () => {
  table([
    ['another save is told later', superseding(true, [a]), hint(b, 'differs'), superseding(false, [a], b), [restart]],
    ['any other hint', superseding(true, [a]), hint(b, 'same'), superseding(false, [a], b), [restart]],
    ['quiet', superseding(false, [a]), quiet, superseding(true, [a]), [supersede(a)]],
    ['quiet after a burst', superseding(false, [a], b), quiet, superseding(true, [a, b]), [told(b), supersede(a, b)]],
    ['more differs', superseding(true, [a]), confirmed(b), superseding(true, [a], b), [supersede(a, b)]],
    ['nothing differs', superseding(true, [a]), confirmed(), superseding(true, [a]), []],
    ['ended when it is quiet', superseding(true, [a]), ended, building(set(a)), [restart, start(a)]],
    [
      'ended when a burst is over',
      superseding(true, [a], b),
      ended,
      building(set(a, b)),
      [told(b), restart, start(a, b)],
    ],
    ['ended before', superseding(false, [a], b), ended, { kind: 'settling', hints: set(a, b), said: set(a) }, []],
    ['stop', superseding(false, [a]), stop, stopping(true), [abort]],
  ]);
});

describe('stopping', () => {
  const inputs = [hint(a, 'differs'), hint(a, 'unsettled'), quiet, confirmed(a), stop];
  table([
    ...inputs.map((input): Row => [`${input.kind} while a cycle ends`, stopping(true), input, stopping(true), []]),
    ...[...inputs, ended].map((input): Row => [
      `${input.kind}, after all`,
      stopping(false),
      input,
      stopping(false),
      [],
    ]),
    ['ended', stopping(true), ended, stopping(false), [finish]],
  ]);
});

describe('very many hints', () => {
  it.each([idle(), building()])(
    'of files that did not change cost no more than a look at everything: $kind',
    (state) => {
      const after = many(10_000).reduce((each, path) => next(each, hint(path, 'same')).state, state);
      expect(after).toMatchObject({ doubtful: 'everything' });
      expect(next(after, quiet).effects).toEqual([{ kind: 'confirm', hints: 'everything' }]);
    },
  );

  const many = (count: number): readonly ProjectPath[] => paths(...Array.from({ length: count }, (_, i) => `${i}.c`));
  const after = (state: WatchState, count: number): WatchState =>
    many(count).reduce((each, path) => next(each, hint(path, 'differs')).state, state);

  it.each([settling(a), superseding(false, [a])])('are everything: $kind', (state) => {
    expect(after(state, 199)).toMatchObject({ hints: set(a, ...many(199)) });
    expect(after(state, 200)).toMatchObject({ hints: 'everything' });
    expect(after(state, 300)).toMatchObject({ hints: 'everything' });
  });
});
