import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepName, trustedProjectPath, type ProjectPath, type StepName } from '../model/ids.ts';
import { bytewise, sortedUnique } from '../model/order.ts';
import { diffGraphs } from './graph-diff.ts';
import { emptyGraph, filesOf, type IncludeGraph, type UnitInputs } from './include-graph.ts';

const files = ['a.h', 'b.h', 'B.h', 'inc/a.h', 'ä.h', 'z.c'].map(trustedProjectPath);
const step = fc.constantFrom(...['a.o', 'b.o', 'src/c.o', 'Z.o']).map(stepName);
const unit: fc.Arbitrary<UnitInputs> = fc
  .record({
    source: fc.constantFrom('a.c', 'b.c', 'z.c').map(trustedProjectPath),
    headers: fc.subarray(files),
    system: fc.subarray(['/usr/include/stdio.h', '/usr/include/math.h']),
  })
  .map(({ source, headers, system }) => ({
    source,
    headers: sortedUnique(headers.filter((header) => header !== source)),
    system: sortedUnique(system),
  }));
const changes = fc
  .array(fc.tuple(step, fc.option(unit, { nil: undefined })), { maxLength: 4 })
  .map((entries) => new Map(entries));
const history = fc.array(changes, { minLength: 1, maxLength: 6 });

const everyFile = [...files, ...['a.c', 'b.c'].map(trustedProjectPath)];

/** All that a graph says: its units, and who reads what. */
function contentsOf(graph: IncludeGraph) {
  const units = [...graph.units].sort(([a], [b]) => bytewise(a, b));
  const readers = everyFile.map((file) => [file, [...graph.readersOf(file)].sort(bytewise)] as const);
  return { units, readers };
}

const edgesOf = (graph: IncludeGraph): ReadonlySet<string> =>
  new Set([...graph.units].flatMap(([name, inputs]) => filesOf(inputs).map((file) => `${name} ${file}`)));

describe('an include graph', () => {
  it('is, after any changes, the one made from its units alone', () => {
    fc.assert(
      fc.property(history, (steps) => {
        let graph = emptyGraph;
        const units = new Map<StepName, UnitInputs>();
        for (const change of steps) {
          graph = graph.with(change);
          for (const [name, inputs] of change) {
            if (inputs === undefined) units.delete(name);
            else units.set(name, inputs);
          }
          expect(new Map(graph.units)).toEqual(units);
          expect(contentsOf(graph)).toEqual(contentsOf(emptyGraph.with(units)));
        }
      }),
    );
  });

  it('knows exactly the readers of a file', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const graph = steps.reduce((each, change) => each.with(change), emptyGraph);
        for (const file of everyFile) {
          const readers = [...graph.units].flatMap(([name, inputs]) => (filesOf(inputs).includes(file) ? [name] : []));
          expect(graph.readersOf(file)).toEqual(new Set(readers));
        }
      }),
    );
  });

  it('does not change when another is made from it', () => {
    fc.assert(
      fc.property(history, changes, changes, (steps, one, other) => {
        const graph = steps.reduce((each, change) => each.with(change), emptyGraph);
        const before = contentsOf(graph);
        const next = graph.with(one);
        const after = contentsOf(next);
        next.with(other);
        graph.with(other);
        expect(contentsOf(graph)).toEqual(before);
        expect(contentsOf(next)).toEqual(after);
        expect(emptyGraph.units.size).toBe(0);
      }),
    );
  });
});

describe('the difference of two graphs', () => {
  const twoGraphs = fc.tuple(history, history).map(([one, other]) => {
    const before = one.reduce((each, change) => each.with(change), emptyGraph);
    return { before, after: other.reduce((each, change) => each.with(change), before) };
  });
  const all = ({ before, after }: { before: IncludeGraph; after: IncludeGraph }): readonly StepName[] => [
    ...before.units.keys(),
    ...after.units.keys(),
  ];

  it('leads from the one to the other', () => {
    fc.assert(
      fc.property(twoGraphs, (graphs) => {
        const { added, removed } = diffGraphs(graphs.before, graphs.after, all(graphs));
        const edges = new Set(edgesOf(graphs.before));
        for (const { object, file } of removed) expect(edges.delete(`${object} ${file}`)).toBe(true);
        for (const { object, file } of added) {
          expect(edges.has(`${object} ${file}`)).toBe(false);
          edges.add(`${object} ${file}`);
        }
        expect(edges).toEqual(edgesOf(graphs.after));
      }),
    );
  });

  it('is in order, of objects first and of files then', () => {
    fc.assert(
      fc.property(twoGraphs, (graphs) => {
        const { added, removed } = diffGraphs(graphs.before, graphs.after, all(graphs));
        for (const edges of [added, removed]) {
          const inOrder = [...edges].sort((a, b) => bytewise(a.object, b.object) || bytewise(a.file, b.file));
          expect(edges).toEqual(inOrder);
        }
      }),
    );
  });

  it('is of those units alone that it is asked about', () => {
    fc.assert(
      fc.property(twoGraphs, fc.array(step), (graphs, among) => {
        const whole = diffGraphs(graphs.before, graphs.after, all(graphs));
        const isAmong = ({ object }: { readonly object: string }): boolean => among.some((name) => name === object);
        expect(diffGraphs(graphs.before, graphs.after, [...among, ...among])).toEqual({
          added: whole.added.filter(isAmong),
          removed: whole.removed.filter(isAmong),
        });
      }),
    );
  });

  it('is nothing between a graph and itself', () => {
    fc.assert(
      fc.property(twoGraphs, ({ after }) => {
        expect(diffGraphs(after, after, after.units.keys())).toEqual({ added: [], removed: [] });
      }),
    );
  });
});

it('lists a unit’s files, its source first', () => {
  const [a, b] = ['src/a.c', 'inc/b.h'].map(trustedProjectPath) as [ProjectPath, ProjectPath];
  expect(filesOf({ source: a, headers: [b], system: ['/usr/include/stdio.h'] })).toEqual([a, b]);
});
