import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildOrder, linkOrder } from './link-order.ts';

type Graph = Readonly<Record<string, readonly string[]>>;
const usesOf =
  (graph: Graph) =>
  (name: string): readonly string[] =>
    graph[name] ?? [];

describe('buildOrder', () => {
  it('has what is used before what uses it, and otherwise the order given', () => {
    const graph = { main: ['b', 'a'], tests: ['a'], a: ['c'], b: [], c: [] };
    expect(buildOrder(Object.keys(graph), usesOf(graph))).toEqual({
      ok: true,
      value: ['b', 'c', 'a', 'main', 'tests'],
    });
  });

  it.each([
    [{ a: ['a'] }, ['a']],
    [{ a: ['b'], b: ['a'] }, ['a', 'b']],
    [{ main: ['a'], a: ['b'], b: ['c'], c: ['a'] }, ['a', 'b', 'c']],
  ])('fails with the cycle of %j', (graph: Graph, cycle) => {
    expect(buildOrder(Object.keys(graph), usesOf(graph))).toEqual({ ok: false, failure: cycle });
  });

  it('follows a chain that is longer than the call stack is deep', () => {
    const length = 100_000;
    const uses = (name: string): readonly string[] => (Number(name) < length ? [String(Number(name) + 1)] : []);
    const order = buildOrder(['0'], uses);
    expect(order.ok && [order.value.length, order.value[0]]).toEqual([length + 1, String(length)]);
  });
});

describe('linkOrder', () => {
  it.each([
    ['none', { m: [] }, []],
    ['as given', { m: ['b', 'a', 'c'] }, ['b', 'a', 'c']],
    ['transitive', { m: ['a'], a: ['b'], b: ['c'] }, ['a', 'b', 'c']],
    ['a diamond', { m: ['x', 'y'], x: ['z'], y: ['z'] }, ['x', 'y', 'z']],
    ['given the wrong way round', { m: ['z', 'x'], x: ['z'] }, ['x', 'z']],
    ['given the wrong way round, at a distance', { m: ['z', 'a', 'x'], x: ['y'], y: ['z'] }, ['a', 'x', 'y', 'z']],
    ['given twice, where it is given last', { m: ['a', 'b', 'a'] }, ['b', 'a']],
  ])('%s: %j', (_name, graph: Graph, order) => {
    expect(linkOrder('m', usesOf(graph))).toEqual(order);
  });

  it('has every library once and before what it uses', () => {
    const size = 8;
    const graphs = fc
      .array(fc.array(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size })
      .map((rows) =>
        // Only to higher numbers: no cycles.
        Object.fromEntries(rows.map((row, index) => [String(index), row.filter((used) => used > index).map(String)])),
      );
    fc.assert(
      fc.property(graphs, (graph) => {
        const order = linkOrder('0', usesOf(graph));
        expect(new Set(order).size).toBe(order.length);
        const position = new Map(order.map((name, index) => [name, index]));
        for (const used of graph['0'] ?? []) expect(position.has(used)).toBe(true);
        for (const name of order) {
          for (const used of graph[name] ?? []) expect(position.get(used)).toBeGreaterThan(position.get(name)!);
        }
      }),
    );
  });
});
