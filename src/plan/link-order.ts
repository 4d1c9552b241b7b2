import { fail, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';

/** What a target links, by name, in the order given. */
export type Uses = (name: string) => readonly string[];

/**
 * `names` and all they use, each once, whatever is used before what uses it; otherwise as `names` and the lists have it.
 * Fails with a cycle, each of its names once, from the one that was met first: `['a', 'b']` is a → b → a.
 *
 * Walks with a stack of its own: a chain of libraries may be longer than the call stack is deep.
 */
export function buildOrder(names: Iterable<string>, uses: Uses): Result<readonly string[], readonly string[]> {
  const done = new Set<string>();
  const open = new Set<string>();
  for (const root of names) {
    if (done.has(root)) continue;
    const path = [visit(root, uses)];
    open.add(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        path.pop();
        open.delete(top.name);
        done.add(top.name);
      } else if (open.has(next.value)) {
        const names = path.map(({ name }) => name);
        return fail(names.slice(names.indexOf(next.value)));
      } else if (!done.has(next.value)) {
        path.push(visit(next.value, uses));
        open.add(next.value);
      }
    }
  }
  return ok([...done]);
}

interface Visit {
  readonly name: string;
  readonly rest: Iterator<string>;
}

const visit = (name: string, uses: Uses): Visit => ({ name, rest: uses(name)[Symbol.iterator]() });

/**
 * The libraries that `root` links, directly and through others, each once and before what it uses itself: a linker takes
 * from a static library only what has been asked for so far. Where that leaves a choice, the order given is kept.
 * `uses` must be free of cycles.
 */
export function linkOrder(root: string, uses: Uses): readonly string[] {
  // Turned round twice: the walk meets the last first, so that turning its result round leaves the lists' own order.
  const order = buildOrder([root], (name) => uses(name).toReversed());
  if (!order.ok) throw new Error(`cycle of ${order.failure.join(', ')}`);
  return order.value.toReversed().slice(1);
}
