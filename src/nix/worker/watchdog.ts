import type { ByteStream, Clock, ProcessLook } from '../../host/ports.ts';
import { activityTypes } from './build-activities.ts';
import type { DaemonMessage } from './messages.ts';

/*
 * Tells a daemon that hangs from one that has much to do. A compiler may be silent for many minutes, so silence proves
 * nothing: a daemon that says nothing is looked at, as the system sees it. It hangs where
 *
 * - it is stopped by a signal, in two looks, or
 * - in all of half a minute it slept, used no processor, and had no child that could be the builder it waits for, while
 *   it had not said that it waits for somebody else (another's lock, a download), or
 * - it has not answered in the time that the operation gives it, which is how it ends where there is nothing to look at
 *   and for one that spins. What runs builders has all the time there is.
 *
 * Rejected: asking the store over a second connection, which says nothing of the first one's daemon.
 */

/** In words that a sentence is made of by `describeWorkerFailure`. */
export type Hang =
  | { readonly sign: 'stopped' }
  /** `ms`: for how long. */
  | { readonly sign: 'asleep'; readonly ms: number }
  | { readonly sign: 'no-answer'; readonly ms: number };

export interface Watchdog {
  /** It said something. */
  heard(message: DaemonMessage): void;
  /** The operation is over. */
  stop(): void;
}

export interface Watched {
  readonly clock: Clock;
  readonly look: ByteStream['look'];
  /** How long the answer may take; Infinity is for ever. */
  readonly limitMs: number;
  /** Called once at most. */
  readonly onHang: (hang: Hang) => void;
}

const lookMs = 5000;

/** Looks in a row. A stop that ends while we were stopped too may still be seen once. */
const enough = { stopped: 2, asleep: 6 } as const;

export function watchDaemon({ clock, look, limitMs, onHang }: Watched): Watchdog {
  /** What it does that no child of its own does for it. */
  const elsewhere = new Set<string>();
  let before: ProcessLook | undefined;
  let seen: keyof typeof enough | undefined;
  let times = 0;
  let cancelLook: () => void = () => undefined;
  let cancelLimit: () => void = () => undefined;

  const stop = (): void => {
    cancelLook();
    cancelLimit();
  };
  const hang = (found: Hang): void => {
    stop();
    onHang(found);
  };
  const judge = (now: ProcessLook): typeof seen => {
    if (now.isStopped) return 'stopped';
    const isIdle = now.isAsleep && now.cpuTicks === before?.cpuTicks && elsewhere.size === 0;
    return isIdle && !now.hasChildren() ? 'asleep' : undefined;
  };
  const lookAgain = (): void => {
    const now = look();
    const sign = now === undefined ? undefined : judge(now);
    times = sign === seen ? times + 1 : 1;
    seen = sign;
    before = now;
    if (sign === undefined || times < enough[sign]) cancelLook = clock.after(lookMs, lookAgain);
    else hang(sign === 'stopped' ? { sign } : { sign, ms: times * lookMs });
  };

  cancelLook = clock.after(lookMs, lookAgain);
  if (limitMs !== Infinity) cancelLimit = clock.after(limitMs, () => hang({ sign: 'no-answer', ms: limitMs }));
  return {
    heard(message) {
      if (message.kind === 'activity-started' && isElsewhere(message)) elsewhere.add(message.id);
      if (message.kind === 'activity-stopped') elsewhere.delete(message.id);
      before = undefined;
      seen = undefined;
    },
    stop,
  };
}

/**
 * Whatever is not known to be done by a builder counts: of a new kind of activity, nothing can be said. A wait has
 * fields where it is the one of a derivation for its resolved form, which is being built.
 */
function isElsewhere({ type, fields }: Extract<DaemonMessage, { readonly kind: 'activity-started' }>): boolean {
  const { realise, copyPaths, builds, build, waiting } = activityTypes;
  const own: readonly number[] = [realise, copyPaths, builds, build];
  return type === waiting ? fields.length === 0 : !own.includes(type);
}
