import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, type MemoryFiles } from '../testing/fakes/memory-files.ts';
import type { Hints } from './tree.ts';
import { configFile } from '../plan/definition-files.ts';
import { TreeView } from './tree-view.ts';

const names = ['src/a.c', 'src/b.c', 'inc/a.h', 'inc/sub/b.h', 'README', '.git/HEAD', 'gen/g.h', 'a.c~'];
const configs = ['{ "ignore": ["gen"] }', '{ }', '{ "output": "inc/a.h" }'].map((rest) =>
  JSON.stringify({ targets: { main: { sources: ['src/*.c'] } }, ...(JSON.parse(rest) as object) }),
);
const path = fc.constantFrom(...names);
const text = fc.constantFrom('', '#if 0\n', '#if 1\n', 'int x\n');

type Edit = (files: MemoryFiles) => void;
const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(path, text).map(
      ([name, each]): Edit =>
        (files) =>
          files.put(name, each),
    ),
  },
  {
    weight: 2,
    arbitrary: path.map(
      (name): Edit =>
        (files) =>
          files.remove(trustedProjectPath(name)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...configs).map(
      (each): Edit =>
        (files) =>
          files.put(configFile, each),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Edit>((files) => files.remove(configFile)) },
);
const round = fc.record({
  edits: fc.array(edit, { maxLength: 5 }),
  ms: fc.constantFrom(0, 3, 5000),
  /** What units read from then on; a path that is not there is read by nobody. */
  read: fc.subarray(names),
});
const rounds = fc.array(round, { minLength: 1, maxLength: 5 });

interface World {
  readonly tree: TreeView;
  isRead(path: string): boolean;
  cycle(hints: Hints, reading: readonly string[]): void;
}

function worldOver(files: MemoryFiles, clock: ReturnType<typeof createManualClock>): World {
  let read = new Set<string>();
  const tree = new TreeView(files, clock, (each) => read.has(each), undefined);
  return {
    tree,
    isRead: (each) => read.has(each),
    cycle(hints, reading) {
      expect(tree.survey(hints).ok).toBe(true);
      tree.observe();
      read = new Set(reading.filter((name) => files.exists(trustedProjectPath(name))));
      tree.index.refresh([...read].map(trustedProjectPath));
    },
  };
}

/** All that a cycle goes by: the files there are, and the contents of those that are read, but for what is ignored. */
function knowledge({ tree, isRead }: World) {
  const read = names.map(trustedProjectPath).filter((name) => isRead(name) && !tree.ignored(name));
  return {
    listing: [...tree.listing].sort(bytewise),
    config: tree.config,
    hashes: read.map((name) => [name, tree.hash(name)]),
  };
}

describe('a view of the tree', () => {
  it('differs in nothing once everything is observed', () => {
    fc.assert(
      fc.property(rounds, (all) => {
        const clock = createManualClock();
        const files = createMemoryFiles(clock, { 'makenix.json': configs[1]! });
        const world = worldOver(files, clock);
        for (const { edits, ms, read } of all) {
          for (const each of edits) each(files);
          world.cycle('everything', read);
          expect(world.tree.differing()).toEqual([]);
          clock.advance(ms);
          expect(world.tree.differing()).toEqual([]);
        }
      }),
    );
  });

  it('knows after a cycle over what differs all that one over everything would', () => {
    fc.assert(
      fc.property(rounds, (all) => {
        const clock = createManualClock();
        const files = createMemoryFiles(clock, { 'makenix.json': configs[1]! });
        const [pointwise, whole] = [worldOver(files, clock), worldOver(files, clock)];
        for (const { edits, ms, read } of all) {
          for (const each of edits) each(files);
          pointwise.cycle(new Set(pointwise.tree.differing()), read);
          whole.cycle('everything', read);
          expect(knowledge(pointwise)).toEqual(knowledge(whole));
          expect(pointwise.tree.differing()).toEqual([]);
          clock.advance(ms);
        }
      }),
    );
  });

  it('finds by one look at each path what it finds by looking for all', () => {
    fc.assert(
      fc.property(rounds, (all) => {
        const clock = createManualClock();
        const files = createMemoryFiles(clock, { 'makenix.json': configs[1]! });
        const { tree, cycle } = worldOver(files, clock);
        for (const { edits, ms, read } of all) {
          cycle('everything', read);
          clock.advance(ms);
          for (const each of edits) each(files);
          const looked = [...names, configFile].map(trustedProjectPath).filter((each) => tree.look(each) !== 'same');
          expect([...tree.differing()].sort(bytewise)).toEqual(looked.sort(bytewise));
        }
      }),
    );
  });
});
