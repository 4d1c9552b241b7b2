import type { MakenixEvent } from '../model/events.ts';
import type { ProjectPath } from '../model/ids.ts';
import type { Clock, Watcher } from '../host/ports.ts';
import type { Builder, CycleReport } from '../build/builder.ts';
import type { WholeLook } from '../build/tree-view.ts';
import type { Hints } from '../build/tree.ts';
import { Reconciler } from './reconciler.ts';
import { WatchKeeper } from './watch-keeper.ts';
import { initial, next, type WatchEffect, type WatchInput, type WatchState } from './machine.ts';

export interface DaemonPorts {
  readonly root: string;
  readonly watcher: Watcher;
  readonly clock: Clock;
  readonly emit: (event: MakenixEvent) => void;
  /** Called as a cycle begins; numbers it. */
  readonly beginCycle: () => void;
  /** Whether somebody is known to be writing many files, and not done yet. */
  readonly isInTransition: () => boolean;
}

/**
 * Longer than the 50 ms for which chokidar reports only the first of a file's changes, so that what it left out is on
 * disk when the paths are looked at again.
 */
const quietWindowMs = 80;

/** How many such windows who writes many files may do nothing in: half a second. */
const transitionWindows = 6;

/** Writing down what is known can wait until nobody waits for a build. */
const settleAfterMs = 300;

/**
 * Watches a project until `stop` is aborted: feeds hints to the state machine and carries out what it says. Resolves
 * once nothing runs any more. `onCycle` is called after each cycle, good or bad, and not waited for.
 */
export async function runDaemon(
  ports: DaemonPorts,
  builder: Builder,
  stop: AbortSignal,
  onCycle: (report: CycleReport) => void,
): Promise<void> {
  const { clock, emit } = ports;
  let state: WatchState = initial.state;
  let cancelWindow: () => void = () => undefined;
  let running: { readonly abort: AbortController; readonly drain: AbortController } | undefined;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let cancelSettling: () => void = () => undefined;
  let hasCycled = false;

  const feed = (input: WatchInput): void => {
    const transition = next(state, input);
    state = transition.state;
    for (const effect of transition.effects) carryOut(effect);
  };

  const cycle = async (hints: Hints): Promise<void> => {
    const controls = { abort: new AbortController(), drain: new AbortController() };
    running = controls;
    cancelSettling();
    reconciler.busy();
    ports.beginCycle();
    const trigger = hasCycled ? (hints === 'everything' ? 'reconcile' : 'change') : 'request';
    hasCycled = true;
    const stops = { abort: controls.abort.signal, drain: controls.drain.signal };
    // Its answer is to be about the tree as it is.
    const confirm = async (isUrgent: () => boolean): Promise<boolean> => {
      for (;;) {
        const look = await lookAtAll(isUrgent);
        if (look !== undefined) return !takeUp(look.differing);
        // Else for the sake of another look.
        if (running !== controls || stops.abort.aborted || stops.drain.aborted) return true;
      }
    };
    const report = await builder.cycle(trigger, hints, stops, confirm);
    running = undefined;
    onCycle(report);
    // Before the machine is told: it may start the next cycle or finish, which both call this off.
    cancelSettling = clock.after(settleAfterMs, () => {
      if (state.kind === 'idle') void settle();
    });
    reconciler.rest();
    feed({ kind: 'ended' });
  };

  /** A look that is asked for, as `Reconciler.look`. In a cycle (`isUrgent`) there is no time to see to the directories. */
  const lookAtAll = async (isUrgent?: () => boolean): Promise<WholeLook | undefined> => {
    const look = await reconciler.look(isUrgent);
    if (look !== undefined) keeper.looked(look.differing, isUrgent === undefined ? look.directories : undefined);
    return look;
  };

  /** Takes up what a look has found; whether that differs still. */
  const takeUp = (paths: readonly ProjectPath[]): boolean => {
    const looks = paths.map((path) => ({ path, look: builder.tree.look(path) }));
    const pathsThat = (wanted: 'differs' | 'unsettled'): readonly ProjectPath[] =>
      looks.filter((each) => each.look === wanted).map(({ path }) => path);
    // Many editors begin a save with that, and have not told yet: these are looked at again when it is quiet.
    for (const path of pathsThat('unsettled')) feed({ kind: 'hint', path, look: 'same' });
    const differing = pathsThat('differs');
    if (differing.length > 0) feed({ kind: 'confirmed', differing });
    return differing.length > 0;
  };

  const settle = async (): Promise<void> => {
    const collected = await builder.settle();
    if (collected.length > 0 && state.kind === 'idle') feed({ kind: 'confirmed', differing: collected });
    else await builder.warm();
  };

  const acknowledge = (hinted: readonly ProjectPath[]): void => {
    // Among the hints of a burst are files that nothing reads, and files written with what they had.
    const paths = hinted.filter((path) => builder.tree.look(path) !== 'same');
    if (paths.length > 0) emit({ kind: 'change-observed', paths });
  };

  const confirm = async (hints: Hints): Promise<void> => {
    const { tree } = builder;
    const hinted = hints === 'everything' ? [] : [...hints];
    const answer = (paths: readonly ProjectPath[]): void =>
      feed({ kind: 'confirmed', differing: paths.filter((path) => tree.look(path) !== 'same') });
    answer(hinted);
    // A file made in a new directory before that was watched is not hinted at, ever.
    if (hints === 'everything' || hinted.some((path) => tree.isDirectory(path))) {
      const look = await lookAtAll();
      if (look !== undefined) answer(look.differing);
    }
  };

  const restartWindow = (more = transitionWindows): void => {
    cancelWindow();
    cancelWindow = clock.after(quietWindowMs, () => {
      if (more > 0 && ports.isInTransition()) restartWindow(more - 1);
      else feed({ kind: 'quiet' });
    });
  };

  const carryOut = (effect: WatchEffect): void => {
    switch (effect.kind) {
      case 'acknowledge':
        acknowledge(effect.paths);
        break;
      case 'restart-window':
        restartWindow();
        break;
      case 'confirm':
        void confirm(effect.hints);
        break;
      case 'start-cycle':
        void cycle(effect.hints);
        break;
      case 'supersede':
        if (builder.disturbs(effect.hints)) running?.abort.abort();
        else running?.drain.abort();
        break;
      case 'abort':
        running?.abort.abort();
        break;
      case 'finish':
        cancelWindow();
        cancelSettling();
        reconciler.busy();
        finish();
        break;
    }
  };

  const onHint = (path: ProjectPath): void => {
    if (builder.tree.ignored(path)) return;
    // A burst is looked at when it is over.
    const isWaiting = state.kind === 'settling' || state.kind === 'superseding';
    const look = isWaiting ? 'same' : builder.tree.look(path);
    // A cycle over half of a branch is for nothing.
    feed({ kind: 'hint', path, look: look === 'differs' && ports.isInTransition() ? 'unsettled' : look });
  };
  const onStop = (): void => {
    feed({ kind: 'stop' });
  };
  const reconciler = new Reconciler(
    clock,
    () => builder.tree.lookAtAll(),
    ({ differing, directories }) => {
      keeper.looked(differing, directories);
      takeUp(differing);
    },
  );
  const keeper = new WatchKeeper({
    ...{ root: ports.root, watcher: ports.watcher, clock, emit, ignored: builder.tree.ignored, onHint },
    onDoubt: () => reconciler.doubt(),
    onBlind: () => reconciler.lookOften(),
  });
  stop.addEventListener('abort', onStop, { once: true });

  // Watching begins before the first look at the tree: what happens in between is then a hint, and not lost.
  const watching = keeper.open();
  for (const effect of initial.effects) carryOut(effect);
  await watching;
  if (!stop.aborted) {
    emit({ kind: 'daemon-ready' });
    // Between the first look at the tree and the last directory watched, changes went unseen.
    reconciler.doubt();
  } else onStop();
  await finished;
  await keeper.close();
  await builder.settle();
}
