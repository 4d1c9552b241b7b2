import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { initial, next, type WatchEffect, type WatchInput, type WatchState } from './machine.ts';

const files = ['a.c', 'b.h', 'c.h'].map(trustedProjectPath);
const path = fc.constantFrom(...files);

/** The contents of a file. What begins a save of many editors is an empty file or none at all. */
type Contents = 'absent' | 'empty' | 'v1' | 'v2' | 'v3';

type Action =
  | { readonly kind: 'write'; readonly path: ProjectPath; readonly contents: Contents }
  /** A write that no watcher tells of. */
  | { readonly kind: 'write-unheard'; readonly path: ProjectPath; readonly contents: Contents }
  | { readonly kind: 'touch'; readonly path: ProjectPath }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'end-cycle' }
  /** The daemon looks at everything: after it began to watch, where watching went wrong, and from time to time. */
  | { readonly kind: 'reconcile' };

const contents = fc.constantFrom<Contents>('absent', 'empty', 'v1', 'v2', 'v3');
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), path, contents }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('touch' as const), path }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 10, 30, 45, 60, 79, 100) }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'end-cycle' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reconcile' as const }) },
);
const story = fc.array(action, { maxLength: 40 });
const unheard = fc.record({ kind: fc.constant('write-unheard' as const), path, contents });
/** Any subset of the hints is lost. */
const lossyStory = fc.array(fc.oneof({ weight: 3, arbitrary: action }, { weight: 1, arbitrary: unheard }), {
  maxLength: 40,
});

const windowMs = 80;
/** chokidar reports the first change of a file and no other for as long. */
const throttleMs = 50;

/**
 * The world around the machine: a disk, a watcher that leaves out what chokidar leaves out, a clock, and cycles that see
 * the files that they are started for as they are at that moment.
 */
class World {
  state: WatchState;
  readonly effects: WatchEffect[] = [];
  readonly disk = new Map<ProjectPath, Contents>(files.map((file) => [file, 'v1']));
  readonly #seen = new Map<ProjectPath, Contents>();
  readonly #reported = new Map<ProjectPath, number>();
  #now = 0;
  #window: number | undefined;
  isRunning = false;
  cycles = 0;

  constructor() {
    this.state = initial.state;
    for (const effect of initial.effects) this.#carryOut(effect);
  }

  act(step: Action): void {
    switch (step.kind) {
      case 'write':
        this.#write(step.path, step.contents);
        break;
      case 'write-unheard':
        this.disk.set(step.path, step.contents);
        break;
      case 'touch':
        this.#event(step.path, 'change');
        break;
      case 'wait':
        this.wait(step.ms);
        break;
      case 'end-cycle':
        this.endCycle();
        break;
      case 'reconcile':
        this.reconcile();
        break;
    }
  }

  /** A look at everything, by which a file that is gone or empty counts as one to be looked at again. */
  reconcile(): boolean {
    const differing = this.differing().filter((file) => this.#look(file) === 'differs');
    for (const file of this.differing()) {
      if (!differing.includes(file)) this.feed({ kind: 'hint', path: file, look: 'same' });
    }
    this.feed({ kind: 'confirmed', differing });
    return differing.length === 0;
  }

  /** The running cycle comes to say that all is well, if it is. Whether it said so. */
  endWell(): boolean {
    if (!this.isRunning) return false;
    const isWell = this.reconcile();
    this.endCycle();
    return isWell;
  }

  wait(ms: number): void {
    const end = this.#now + ms;
    while (this.#window !== undefined && this.#window <= end) {
      this.#now = this.#window;
      this.#window = undefined;
      this.feed({ kind: 'quiet' });
    }
    this.#now = end;
  }

  endCycle(): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.feed({ kind: 'ended' });
  }

  /** Nothing more happens, and whatever runs comes to its end. Returns how often that had to be waited for. */
  settle(): number {
    let rounds = 0;
    for (; (this.isRunning || this.#window !== undefined) && rounds < 20; rounds++) {
      this.endCycle();
      this.wait(windowMs);
    }
    return rounds;
  }

  differing(): readonly ProjectPath[] {
    return files.filter((file) => this.#look(file) !== 'same');
  }

  feed(input: WatchInput): void {
    const transition = next(this.state, input);
    this.state = transition.state;
    checkOrder(transition.effects);
    for (const effect of transition.effects) this.#carryOut(effect);
  }

  #write(file: ProjectPath, now: Contents): void {
    const before = this.disk.get(file);
    if (before === 'absent' && now === 'absent') return;
    this.disk.set(file, now);
    this.#event(file, before === 'absent' || now === 'absent' ? 'came-or-went' : 'change');
  }

  #event(file: ProjectPath, kind: 'change' | 'came-or-went'): void {
    if (kind === 'change') {
      const last = this.#reported.get(file);
      if (last !== undefined && this.#now < last + throttleMs) return;
      this.#reported.set(file, this.#now);
    }
    this.feed({ kind: 'hint', path: file, look: this.#look(file) });
  }

  #look(file: ProjectPath): 'differs' | 'same' | 'unsettled' {
    const now = this.disk.get(file) ?? 'absent';
    if (now === this.#seen.get(file)) return 'same';
    return now === 'absent' || now === 'empty' ? 'unsettled' : 'differs';
  }

  #carryOut(effect: WatchEffect): void {
    this.effects.push(effect);
    switch (effect.kind) {
      case 'restart-window':
        this.#window = this.#now + windowMs;
        break;
      case 'confirm':
        this.feed({
          kind: 'confirmed',
          differing: this.differing().filter((file) => effect.hints === 'everything' || effect.hints.has(file)),
        });
        break;
      case 'start-cycle':
        if (this.isRunning) throw new Error('two cycles at once');
        this.isRunning = true;
        this.cycles++;
        for (const file of effect.hints === 'everything' ? files : effect.hints) {
          this.#seen.set(file, this.disk.get(file) ?? 'absent');
        }
        break;
      case 'finish':
        if (this.isRunning) throw new Error('finished while a cycle runs');
        break;
      case 'acknowledge':
      case 'supersede':
      case 'abort':
        break;
    }
  }
}

/** What tells the user comes before what takes time. */
function checkOrder(effects: readonly WatchEffect[]): void {
  const kinds = effects.map(({ kind }) => kind);
  const [told, started] = [kinds.lastIndexOf('acknowledge'), kinds.indexOf('start-cycle')];
  if (started !== -1 && told > started) throw new Error(`told after it was started: ${kinds.join(', ')}`);
}

const countOf = (effects: readonly WatchEffect[], kind: WatchEffect['kind']): number =>
  effects.filter((effect) => effect.kind === kind).length;

describe('whatever happens, and whatever the watcher leaves out', () => {
  it('every change has been seen by a cycle once all is quiet, and one cycle runs at a time', () => {
    fc.assert(
      fc.property(story, (actions) => {
        const world = new World();
        for (const each of actions) world.act(each);
        expect(world.settle()).toBeLessThan(20);
        expect(world.differing()).toEqual([]);
        expect(world.state.kind).toBe('idle');
      }),
      { numRuns: 2000 },
    );
  });

  it('no cycle is started for what nobody changed', () => {
    fc.assert(
      fc.property(
        fc.array(
          action.filter((each) => each.kind !== 'write'),
          { maxLength: 40 },
        ),
        (actions) => {
          const world = new World();
          for (const each of actions) world.act(each);
          world.settle();
          expect(world.cycles).toBe(1);
        },
      ),
    );
  });

  it('a change that is told to the user is one that a cycle is started for', () => {
    fc.assert(
      fc.property(story, (actions) => {
        const world = new World();
        for (const each of actions) world.act(each);
        world.settle();
        const started = world.effects.flatMap((effect) => (effect.kind === 'start-cycle' ? [effect.hints] : []));
        const told = world.effects.flatMap((effect) => (effect.kind === 'acknowledge' ? effect.paths : []));
        for (const each of told) expect(started.some((hints) => hints !== 'everything' && hints.has(each))).toBe(true);
      }),
    );
  });
});

describe('whatever hints are lost', () => {
  it('after the next look at everything, all that differs has had a cycle', () => {
    fc.assert(
      fc.property(lossyStory, (actions) => {
        const world = new World();
        for (const each of actions) world.act(each);
        world.settle();
        world.reconcile();
        expect(world.settle()).toBeLessThan(20);
        expect(world.differing()).toEqual([]);
        expect(world.state.kind).toBe('idle');
      }),
      { numRuns: 2000 },
    );
  });

  it('a cycle that says that all is well has seen all files that are there, and another follows one that does not', () => {
    fc.assert(
      fc.property(lossyStory, (actions) => {
        const world = new World();
        for (const each of actions) {
          if (each.kind !== 'end-cycle' || !world.isRunning) {
            world.act(each);
            continue;
          }
          const before = world.cycles;
          const missed = world.differing().filter((file) => !['absent', 'empty'].includes(world.disk.get(file) ?? ''));
          const isWell = world.endWell();
          expect(isWell).toBe(missed.length === 0);
          if (isWell) continue;
          world.settle();
          expect(world.cycles).toBeGreaterThan(before);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a stop', () => {
  it('ends in a finish, once, when nothing runs any more, and starts nothing', () => {
    fc.assert(
      fc.property(story, story, (before, after) => {
        const world = new World();
        for (const each of before) world.act(each);
        const wasRunning = world.isRunning;
        const { cycles } = world;
        world.feed({ kind: 'stop' });
        expect(countOf(world.effects, 'abort')).toBe(wasRunning ? 1 : 0);
        expect(countOf(world.effects, 'finish')).toBe(wasRunning ? 0 : 1);
        for (const each of after) world.act(each);
        world.feed({ kind: 'stop' });
        world.settle();
        expect(countOf(world.effects, 'finish')).toBe(1);
        expect(world.cycles).toBe(cycles);
      }),
    );
  });
});
