import type { Clock, WatchHandlers, Watcher, Watching } from '../host/ports.ts';
import type { DegradedReason, MakenixEvent } from '../model/events.ts';
import type { ProjectPath } from '../model/ids.ts';
import { LostHints } from './lost-hints.ts';

/** A hint that has not come by then will not. Watchers need two looks at the disk for some. */
const patienceMs = 1000;

/** Where watching anew has not helped so often, in so long, it will not. */
const attempts = 2;
const attemptsMs = 600_000;

export interface WatchKeeperParts {
  readonly root: string;
  readonly watcher: Watcher;
  readonly clock: Clock;
  readonly emit: (event: MakenixEvent) => void;
  readonly ignored: (path: ProjectPath) => boolean;
  readonly onHint: WatchHandlers['onHint'];
  /** Something may have been missed. */
  readonly onDoubt: () => void;
  /** Events cannot be relied on here. */
  readonly onBlind: () => void;
}

/**
 * Has a project watched: begins anew where hints were lost, since directories that were made meanwhile, or took the place
 * of others, are then not watched, and says so. Where that does not help, looking has to do.
 */
export class WatchKeeper {
  readonly #parts: WatchKeeperParts;
  readonly #lost = new LostHints();
  readonly #said = new Set<DegradedReason>();
  #watching: Watching | undefined;
  #unwatched: readonly string[] = [];
  #isBlind = false;
  #isClosed = false;
  /** When it was begun anew. */
  #renewals: readonly number[] = [];
  #isJudging = false;
  #cancelJudging: () => void = () => undefined;
  #renewing: Promise<void> = Promise.resolve();

  constructor(parts: WatchKeeperParts) {
    this.#parts = parts;
  }

  /** Resolves once every directory is watched, or cannot be. */
  async open(): Promise<void> {
    const { root, watcher, ignored, onDoubt } = this.#parts;
    this.#watching = await watcher.watch(root, ignored, {
      onHint: (path) => {
        this.#lost.heard(path);
        this.#parts.onHint(path);
      },
      onDoubt,
      onDegraded: (reason, detail) => {
        if (this.#said.has(reason)) return;
        this.#said.add(reason);
        const action = reason === 'polling' ? 'polls' : 'checks-often';
        this.#parts.emit({ kind: 'watch-degraded', reason, action, paths: [], detail });
        if (reason !== 'polling') this.#goBlind();
      },
    });
  }

  /**
   * What a look at everything has found, which may be because a hint was lost; and the directories that it came by, where
   * there is time to see to them.
   */
  looked(differing: readonly ProjectPath[], directories?: readonly string[]): void {
    if (this.#isBlind) return;
    if (directories !== undefined) this.#unwatched = this.#watching?.unwatched(directories) ?? [];
    // Of inputs that are ignored nobody was to hear.
    const expected = differing.filter((path) => !this.#parts.ignored(path));
    const isSuspicious = this.#lost.found(expected) || this.#unwatched.length > 0;
    if (!isSuspicious && directories !== undefined) this.#lost.settled();
    if (isSuspicious && !this.#isJudging) {
      this.#isJudging = true;
      this.#cancelJudging = this.#parts.clock.after(patienceMs, () => {
        this.#renewing = this.#judge();
      });
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelJudging();
    await this.#renewing;
    await this.#watching?.close();
  }

  async #judge(): Promise<void> {
    const { clock, emit } = this.#parts;
    const lost = this.#lost.take();
    const unwatched = this.#watching?.unwatched(this.#unwatched) ?? [];
    const now = clock.elapsed();
    this.#renewals = this.#renewals.filter((at) => at > now - attemptsMs);
    if (!this.#isBlind && lost.length + unwatched.length > 0) {
      const isHopeless = this.#renewals.length >= attempts;
      if (isHopeless) this.#goBlind();
      else await this.#renew(now);
      const reason = lost.length > 0 ? 'lost-events' : 'unwatched-directories';
      const paths = lost.length > 0 ? lost : unwatched;
      emit({ kind: 'watch-degraded', reason, action: isHopeless ? 'checks-often' : 'watches-anew', paths, detail: '' });
      // Whatever happened while nobody watched.
      this.#parts.onDoubt();
    }
    this.#isJudging = false;
  }

  async #renew(now: number): Promise<void> {
    this.#renewals = [...this.#renewals, now];
    const before = this.#watching;
    this.#watching = undefined;
    await before?.close();
    if (!this.#isClosed) await this.open();
  }

  #goBlind(): void {
    this.#isBlind = true;
    this.#parts.onBlind();
  }
}
