import type { MakenixEvent } from '../model/events.ts';
import type { ProjectPath } from '../model/ids.ts';
import type { Clock, Watcher } from '../host/ports.ts';
import type { Builder, CycleReport } from '../build/builder.ts';
import type { Hints } from '../build/tree.ts';
import { initial, next, type WatchEffect, type WatchInput, type WatchState } from './machine.ts';

export interface DaemonPorts {
  readonly root: string;
  readonly watcher: Watcher;
  readonly clock: Clock;
  readonly emit: (event: MakenixEvent) => void;
  /** Called as a cycle begins; numbers it. */
  readonly beginCycle: () => void;
}

/**
 * Longer than the 50 ms for which chokidar reports only the first of a file's changes, so that what it left out is on
 * disk when the paths are looked at again.
 */
const quietWindowMs = 80;

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
    ports.beginCycle();
    const trigger = hasCycled ? (hints === 'everything' ? 'reconcile' : 'change') : 'request';
    hasCycled = true;
    const report = await builder.cycle(trigger, hints, { abort: controls.abort.signal, drain: controls.drain.signal });
    running = undefined;
    onCycle(report);
    // Before the machine is told: it may start the next cycle or finish, which both call this off.
    cancelSettling = clock.after(settleAfterMs, () => {
      if (state.kind === 'idle') void builder.settle().then(() => builder.warm());
    });
    feed({ kind: 'ended' });
  };

  const acknowledge = (hinted: readonly ProjectPath[]): void => {
    // Among the hints of a burst are files that nothing reads, and files written with what they had.
    const paths = hinted.filter((path) => builder.tree.look(path) !== 'same');
    if (paths.length > 0) emit({ kind: 'change-observed', paths });
  };

  const confirm = (hints: Hints): readonly ProjectPath[] => {
    const { tree } = builder;
    if (hints === 'everything') return tree.differing();
    const hinted = [...hints];
    // A file made in a new directory before that was watched is not hinted at, ever.
    if (hinted.some((path) => tree.isDirectory(path))) return tree.differing();
    return hinted.filter((path) => tree.look(path) !== 'same');
  };

  const carryOut = (effect: WatchEffect): void => {
    switch (effect.kind) {
      case 'acknowledge':
        acknowledge(effect.paths);
        break;
      case 'restart-window':
        cancelWindow();
        cancelWindow = clock.after(quietWindowMs, () => {
          feed({ kind: 'quiet' });
        });
        break;
      case 'confirm':
        feed({ kind: 'confirmed', differing: confirm(effect.hints) });
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
        finish();
        break;
    }
  };

  const onHint = (path: ProjectPath): void => {
    if (!builder.tree.ignored(path)) feed({ kind: 'hint', path, look: builder.tree.look(path) });
  };
  const onStop = (): void => {
    feed({ kind: 'stop' });
  };
  stop.addEventListener('abort', onStop, { once: true });

  // Watching begins before the first look at the tree: what happens in between is then a hint, and not lost.
  const watching = ports.watcher.watch(ports.root, builder.tree.ignored, {
    onHint,
    onDegraded: (reason, detail) => {
      emit({ kind: 'watch-degraded', reason, action: detail });
      feed({ kind: 'confirmed', differing: builder.tree.differing() });
    },
  });
  for (const effect of initial.effects) carryOut(effect);
  const watch = await watching;
  if (!stop.aborted) {
    emit({ kind: 'daemon-ready' });
    // Between the first look at the tree and the last directory watched, changes went unseen.
    feed({ kind: 'confirmed', differing: builder.tree.differing() });
  } else onStop();
  await finished;
  await watch.close();
  builder.save();
}
