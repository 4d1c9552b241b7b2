import type { Envelope } from '../model/events.ts';

export type Kind = Envelope['kind'];
export type EventOf<K extends Kind> = Extract<Envelope, { readonly kind: K }>;

/** Longer than the slowest step on the slowest disk. It decides no outcome; it only turns a hang into a report. */
const patienceMs = 60_000;

/**
 * The events of one process, read in order: what a wait passed over is gone for the next, so a test cannot be satisfied
 * by something that happened before what it is about.
 */
export class EventLog {
  readonly #events: Envelope[] = [];
  readonly #explain: () => string;
  #next = 0;
  /** The same for what comes in its own time. */
  readonly #aside = new Map<Kind, number>();
  #ended: string | undefined;
  #wake: () => void = () => undefined;

  /** `explain`: what else there is to say where an event does not come. */
  constructor(explain: () => string) {
    this.#explain = explain;
  }

  get all(): readonly Envelope[] {
    return this.#events;
  }

  /** A place in the stream: the next wait looks at what is behind it. */
  get position(): number {
    return this.#next;
  }

  add(event: Envelope): void {
    this.#events.push(event);
    this.#wake();
  }

  /** There will be no more, because of this. */
  end(reason: string): void {
    this.#ended = reason;
    this.#wake();
  }

  /** The next event of a kind (and for which `matches` holds); those before it are passed over. */
  async next<K extends Kind>(kind: K, matches: (event: EventOf<K>) => boolean = () => true): Promise<EventOf<K>> {
    return this.#find(kind, (event): event is EventOf<K> => isOf(event, kind) && matches(event));
  }

  /** The next event of any of these kinds. */
  async either(...kinds: readonly Kind[]): Promise<Envelope> {
    return this.#find(kinds.join(' or '), (event): event is Envelope => kinds.includes(event.kind));
  }

  /**
   * The next of what comes in its own time, before or after the events that other waits are for: each kind is read by
   * itself, from the first event on, and nothing is passed over for anybody else.
   */
  async aside<K extends Kind>(kind: K): Promise<EventOf<K>> {
    const found = await this.#from(this.#aside.get(kind) ?? 0, kind, (event) => isOf(event, kind));
    this.#aside.set(kind, found.next);
    return found.event;
  }

  async #find<E extends Envelope>(what: string, matches: (event: Envelope) => event is E): Promise<E> {
    const found = await this.#from(this.#next, what, matches);
    this.#next = found.next;
    return found.event;
  }

  async #from<E extends Envelope>(
    from: number,
    what: string,
    matches: (event: Envelope) => event is E,
  ): Promise<{ readonly event: E; readonly next: number }> {
    const deadline = Date.now() + patienceMs;
    let next = from;
    for (;;) {
      for (let event = this.#events[next]; event !== undefined; event = this.#events[next]) {
        next++;
        if (matches(event)) return { event, next };
      }
      if (this.#ended !== undefined) throw this.#missing(what, this.#ended);
      if (!(await this.#news(deadline))) throw this.#missing(what, `nothing for ${patienceMs / 1000} s`);
    }
  }

  /** Whether anything came before the deadline. */
  async #news(deadline: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const came = await new Promise<boolean>((resolve) => {
      this.#wake = () => resolve(true);
      timer = setTimeout(() => resolve(false), deadline - Date.now());
    });
    clearTimeout(timer);
    return came;
  }

  #missing(what: string, why: string): Error {
    const lines = this.#events.map((event) => JSON.stringify(event));
    return new Error(`no ${what} event: ${why}\n${lines.join('\n')}\n${this.#explain()}`);
  }
}

export const isOf = <K extends Kind>(event: Envelope, kind: K): event is EventOf<K> => event.kind === kind;

export const eventsOf = <K extends Kind>(events: readonly Envelope[], kind: K): readonly EventOf<K>[] =>
  events.filter((event): event is EventOf<K> => isOf(event, kind));
