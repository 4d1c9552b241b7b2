import type { ProjectPath } from '../model/ids.ts';
import type { Hints } from '../build/tree.ts';

/**
 * ```
 *            hint: differs, confirmed: some differ           ended
 *        ┌──────────────────────────────────────┐   ┌──────────────────┐
 *        │                                      ▼   │                  ▼
 *    ┌───┴──┐  hint: unsettled  ┌──────────┐ quiet ┌┴─────────┐     ┌──────┐
 *    │ idle ├──────────────────►│ settling ├──────►│ building │     │ idle │
 *    └──────┘                   └──▲────┬──┘       └┬──────▲──┘     └──────┘
 *                                  │    └hint       │      │
 *                                  │                │ hint: differs or unsettled,
 *                    ended, before │                │ confirmed: some differ
 *                        it is quiet                ▼      │
 *                                  │         ┌─────────────┴┐
 *                                  └─────────┤ superseding  │  ended, once it is quiet
 *                                            └──────────────┘
 *    stop, in any state: stopping, which ends with the cycle.
 * ```
 *
 * A save starts a cycle at once, on the bytes that are there; the quiet window runs beside it. Watchers report only the
 * first of two quick writes, so what a hint was about is looked at again (`confirm`) when the window has passed; if it
 * differs by then, the cycle is superseded. A wrong start costs processor time and never correctness. What starts no
 * cycle at once is a file that vanished or is empty: that is how many editors begin a save.
 */
export type WatchState =
  | { readonly kind: 'idle'; readonly doubtful: Hints; readonly isQuiet: boolean }
  | { readonly kind: 'settling'; readonly hints: Hints; readonly said: ReadonlySet<ProjectPath> }
  | { readonly kind: 'building'; readonly doubtful: Hints; readonly isQuiet: boolean }
  | {
      readonly kind: 'superseding';
      readonly hints: Hints;
      /** Hints that have been acknowledged; those of a burst are, all at once, when its cycle starts. */
      readonly said: ReadonlySet<ProjectPath>;
      readonly isQuiet: boolean;
    }
  | { readonly kind: 'stopping'; readonly isBuilding: boolean };

export type WatchInput =
  /**
   * `same`: the path has the contents that the last cycle saw. `unsettled`: it vanished or is empty, or is known to be one
   * of many that are being written.
   */
  | { readonly kind: 'hint'; readonly path: ProjectPath; readonly look: 'differs' | 'same' | 'unsettled' }
  /** No hint for a quiet window. */
  | { readonly kind: 'quiet' }
  /**
   * Those that differ from what the last cycle saw: the answer to `confirm`, and what any other look at the tree finds,
   * while a cycle runs or not. Hints get lost; what is lost comes in by this.
   */
  | { readonly kind: 'confirmed'; readonly differing: readonly ProjectPath[] }
  /** The running cycle has ended, whatever its outcome. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'stop' };

export type WatchEffect =
  /** Tell the user that the save was seen, before anything slow. */
  | { readonly kind: 'acknowledge'; readonly paths: readonly ProjectPath[] }
  /** (Re)start the quiet window. */
  | { readonly kind: 'restart-window' }
  | { readonly kind: 'confirm'; readonly hints: Hints }
  | { readonly kind: 'start-cycle'; readonly hints: Hints }
  /** End the running cycle soon; what it does for other files may be finished. */
  | { readonly kind: 'supersede'; readonly hints: Hints }
  /** End the running cycle now. */
  | { readonly kind: 'abort' }
  | { readonly kind: 'finish' };

export interface Transition {
  readonly state: WatchState;
  readonly effects: readonly WatchEffect[];
}

/** The watcher starts with a cycle over everything. */
export const initial: Transition = {
  state: { kind: 'building', doubtful: new Set(), isQuiet: true },
  effects: [{ kind: 'start-cycle', hints: 'everything' }],
};

export function next(state: WatchState, input: WatchInput): Transition {
  switch (state.kind) {
    case 'idle':
      return fromIdle(state, input);
    case 'settling':
      return fromSettling(state, input);
    case 'building':
      return fromBuilding(state, input);
    case 'superseding':
      return fromSuperseding(state, input);
    case 'stopping':
      return input.kind === 'ended' && state.isBuilding
        ? { state: { kind: 'stopping', isBuilding: false }, effects: [{ kind: 'finish' }] }
        : { state, effects: [] };
  }
}

function fromIdle(state: WatchState & { kind: 'idle' }, input: WatchInput): Transition {
  switch (input.kind) {
    case 'hint': {
      const { path, look } = input;
      switch (look) {
        case 'differs':
          return {
            state: { kind: 'building', doubtful: mergeHints(state.doubtful, [path]), isQuiet: false },
            effects: [acknowledge(path), restartWindow, startCycle(new Set([path]))],
          };
        case 'unsettled':
          return {
            state: { kind: 'settling', hints: mergeHints(state.doubtful, [path]), said: new Set() },
            effects: [restartWindow],
          };
        case 'same':
          return {
            state: { ...state, doubtful: mergeHints(state.doubtful, [path]), isQuiet: false },
            effects: [restartWindow],
          };
      }
      break;
    }
    case 'quiet':
      return { state: { kind: 'idle', doubtful: new Set(), isQuiet: true }, effects: confirm(state.doubtful) };
    case 'confirmed':
      if (input.differing.length === 0) return { state, effects: [] };
      return start(mergeHints(state.doubtful, input.differing), input.differing);
    case 'ended':
      return { state, effects: [] };
    case 'stop':
      return { state: { kind: 'stopping', isBuilding: false }, effects: [{ kind: 'finish' }] };
  }
}

function fromSettling(state: WatchState & { kind: 'settling' }, input: WatchInput): Transition {
  switch (input.kind) {
    case 'hint':
      return { state: { ...state, hints: mergeHints(state.hints, [input.path]) }, effects: [restartWindow] };
    case 'quiet':
      return start(state.hints, unsaid(state));
    case 'confirmed':
      return { state: { ...state, hints: mergeHints(state.hints, input.differing) }, effects: [] };
    case 'ended':
      return { state, effects: [] };
    case 'stop':
      return { state: { kind: 'stopping', isBuilding: false }, effects: [{ kind: 'finish' }] };
  }
}

function fromBuilding(state: WatchState & { kind: 'building' }, input: WatchInput): Transition {
  switch (input.kind) {
    case 'hint': {
      const { path, look } = input;
      if (look === 'same') {
        return {
          state: { ...state, doubtful: mergeHints(state.doubtful, [path]), isQuiet: false },
          effects: [restartWindow],
        };
      }
      const hints = mergeHints(state.doubtful, [path]);
      return {
        // A hint by itself is a save, and the cycle for it starts as soon as this one has ended; one of a burst waits.
        state: {
          kind: 'superseding',
          hints,
          said: new Set([...named(state.doubtful), path]),
          isQuiet: state.isQuiet && look === 'differs',
        },
        effects: [acknowledge(path), restartWindow, { kind: 'supersede', hints }],
      };
    }
    case 'quiet':
      return { state: { kind: 'building', doubtful: new Set(), isQuiet: true }, effects: confirm(state.doubtful) };
    case 'confirmed': {
      if (input.differing.length === 0) return { state, effects: [] };
      const hints = mergeHints(state.doubtful, input.differing);
      const said = new Set([...named(state.doubtful), ...input.differing]);
      const superseding: WatchState = { kind: 'superseding', hints, said, isQuiet: state.isQuiet };
      return { state: superseding, effects: [...told(hints, input.differing), { kind: 'supersede', hints }] };
    }
    case 'ended':
      return { state: { kind: 'idle', doubtful: state.doubtful, isQuiet: state.isQuiet }, effects: [] };
    case 'stop':
      return { state: { kind: 'stopping', isBuilding: true }, effects: [{ kind: 'abort' }] };
  }
}

function fromSuperseding(state: WatchState & { kind: 'superseding' }, input: WatchInput): Transition {
  switch (input.kind) {
    case 'hint': {
      const hints = mergeHints(state.hints, [input.path]);
      return { state: { ...state, hints, isQuiet: false }, effects: [restartWindow] };
    }
    case 'quiet': {
      // What came since may concern what is still running, which may take long: a second save is one like the first.
      const { hints } = state;
      const more = unsaid(state);
      return {
        state: { ...state, said: new Set([...state.said, ...more]), isQuiet: true },
        effects: [...told(hints, more), { kind: 'supersede', hints }],
      };
    }
    case 'confirmed': {
      if (input.differing.length === 0) return { state, effects: [] };
      const hints = mergeHints(state.hints, input.differing);
      return { state: { ...state, hints }, effects: [{ kind: 'supersede', hints }] };
    }
    case 'ended':
      if (state.isQuiet) return start(state.hints, unsaid(state));
      return { state: { kind: 'settling', hints: state.hints, said: state.said }, effects: [] };
    case 'stop':
      return { state: { kind: 'stopping', isBuilding: true }, effects: [{ kind: 'abort' }] };
  }
}

/** So many changes at once have overrun a watcher's queue often enough that nothing it says is complete. */
const tooManyHints = 200;

function mergeHints(hints: Hints, more: Iterable<ProjectPath>): Hints {
  if (hints === 'everything') return hints;
  const merged = new Set([...hints, ...more]);
  return merged.size > tooManyHints ? 'everything' : merged;
}

/** What is still to be acknowledged when a burst's cycle starts. */
const unsaid = ({ hints, said }: { readonly hints: Hints; readonly said: ReadonlySet<ProjectPath> }): ProjectPath[] =>
  hints === 'everything' ? [] : [...hints].filter((path) => !said.has(path));

const start = (hints: Hints, acknowledged: readonly ProjectPath[]): Transition => ({
  state: { kind: 'building', doubtful: new Set(hints === 'everything' ? [] : hints), isQuiet: false },
  effects: [...told(hints, acknowledged), restartWindow, startCycle(hints)],
});

/** Nobody reads thousands of names. */
const told = (hints: Hints, paths: readonly ProjectPath[]): readonly WatchEffect[] =>
  hints === 'everything' || paths.length === 0 ? [] : [{ kind: 'acknowledge', paths }];

const restartWindow: WatchEffect = { kind: 'restart-window' };
const startCycle = (hints: Hints): WatchEffect => ({ kind: 'start-cycle', hints });
const acknowledge = (path: ProjectPath): WatchEffect => ({ kind: 'acknowledge', paths: [path] });
const confirm = (hints: Hints): readonly WatchEffect[] =>
  hints !== 'everything' && hints.size === 0 ? [] : [{ kind: 'confirm', hints }];
/** The paths that hints name, if they name any. */
const named = (hints: Hints): Iterable<ProjectPath> => (hints === 'everything' ? [] : hints);
