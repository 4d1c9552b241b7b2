import type { StepName } from '../model/ids.ts';

/** A step that is to be made. */
export interface QueuedStep {
  readonly name: StepName;
  /** What it is made from; of those that are not queued themselves, nothing is waited for. */
  readonly inputs: readonly StepName[];
  /** How long it is expected to take, in milliseconds. */
  readonly ms: number;
}

/**
 * Which step comes next: of those whose inputs are made, the one on which the longest chain of steps still waits
 * (critical path, by expected time), and before all of these what is urgent. Otherwise in the order given.
 *
 * Steps are taken out one by one, so that only as many are with Nix as it builds at once: each build that ends has it
 * look at every goal that waits, which with a thousand of them is most of the work (nix: src/libstore/build/worker.cc).
 */
export class ReadyQueue {
  readonly #waiting: Map<StepName, number>;
  readonly #users = new Map<StepName, StepName[]>();
  readonly #rank = new Map<StepName, number>();
  readonly #ready: Heap;
  #left: number;

  /** The steps' inputs must be free of cycles. Those that have `begun` are not given; their end is waited for. */
  constructor(
    steps: readonly QueuedStep[],
    urgent: ReadonlySet<StepName> = new Set(),
    begun: ReadonlySet<StepName> = new Set(),
  ) {
    const queued = new Map(steps.map((step) => [step.name, step]));
    this.#left = queued.size;
    this.#waiting = new Map();
    for (const { name, inputs } of queued.values()) {
      const awaited = new Set(inputs.filter((input) => queued.has(input)));
      this.#waiting.set(name, awaited.size);
      for (const input of awaited) {
        const users = this.#users.get(input);
        if (users === undefined) this.#users.set(input, [name]);
        else users.push(name);
      }
    }
    const lengths = chainLengths(queued, this.#users);
    const order = [...queued.keys()].sort((a, b) => {
      const isUrgent = Number(urgent.has(b)) - Number(urgent.has(a));
      return isUrgent !== 0 ? isUrgent : (lengths.get(b) ?? 0) - (lengths.get(a) ?? 0);
    });
    for (const [rank, name] of order.entries()) this.#rank.set(name, rank);
    this.#ready = new Heap((name) => this.#rank.get(name) ?? 0);
    for (const [name, count] of this.#waiting) if (count === 0 && !begun.has(name)) this.#ready.push(name);
  }

  /** Whether every step has been made or has become impossible. */
  get isDone(): boolean {
    return this.#left === 0;
  }

  /** The next step to begin; undefined where all that is left waits for what has begun. */
  take(): StepName | undefined {
    return this.#ready.pop();
  }

  /** It is made: what waited for nothing else is ready. */
  made(step: StepName): void {
    this.#left--;
    for (const user of this.#users.get(step) ?? []) {
      const waiting = this.#waiting.get(user);
      // Lost already, by another of its inputs.
      if (waiting === undefined) continue;
      this.#waiting.set(user, waiting - 1);
      if (waiting === 1) this.#ready.push(user);
    }
  }

  /** It cannot be made: returns the steps that need it, directly or not, which are never going to be ready. */
  failed(step: StepName): readonly StepName[] {
    this.#left--;
    const lost: StepName[] = [];
    const rest = [...(this.#users.get(step) ?? [])];
    for (let user = rest.pop(); user !== undefined; user = rest.pop()) {
      if (!this.#waiting.delete(user)) continue;
      this.#left--;
      lost.push(user);
      rest.push(...(this.#users.get(user) ?? []));
    }
    return lost;
  }
}

/** For each step, the time of the longest chain that begins with it and goes on through what is made from it. */
function chainLengths(
  queued: ReadonlyMap<StepName, QueuedStep>,
  users: ReadonlyMap<StepName, readonly StepName[]>,
): ReadonlyMap<StepName, number> {
  const lengths = new Map<StepName, number>();
  // A stack of its own: chains of libraries may be longer than calls may be deep.
  const stack = [...queued.keys()];
  while (stack.length > 0) {
    const name = stack.at(-1) as StepName;
    const after = users.get(name) ?? [];
    const unknown = lengths.has(name) ? [] : after.filter((user) => !lengths.has(user));
    if (unknown.length > 0) {
      stack.push(...unknown);
      continue;
    }
    stack.pop();
    if (lengths.has(name)) continue;
    const longest = after.reduce((most, user) => Math.max(most, lengths.get(user) ?? 0), 0);
    lengths.set(name, longest + (queued.get(name)?.ms ?? 0));
  }
  return lengths;
}

/** A binary heap: the lowest rank first. */
class Heap {
  readonly #rankOf: (name: StepName) => number;
  readonly #items: StepName[] = [];

  constructor(rankOf: (name: StepName) => number) {
    this.#rankOf = rankOf;
  }

  push(name: StepName): void {
    const items = this.#items;
    items.push(name);
    for (let at = items.length - 1; at > 0;) {
      const above = (at - 1) >> 1;
      if (this.#isBefore(above, at)) return;
      this.#swap(above, at);
      at = above;
    }
  }

  pop(): StepName | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    items[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < items.length && !this.#isBefore(least, left)) least = left;
      if (right < items.length && !this.#isBefore(least, right)) least = right;
      if (least === at) return first;
      this.#swap(least, at);
      at = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    return this.#rankAt(a) <= this.#rankAt(b);
  }

  #rankAt(index: number): number {
    const name = this.#items[index];
    return name === undefined ? Infinity : this.#rankOf(name);
  }

  #swap(a: number, b: number): void {
    const [x, y] = [this.#items[a], this.#items[b]];
    if (x === undefined || y === undefined) return;
    this.#items[a] = y;
    this.#items[b] = x;
  }
}
