import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import { ignoring } from '../plan/ignore.ts';
import { refreshListing, type ListingChange } from './tree.ts';

/** Files and directories of the same names, so that one takes the place of the other; some are ignored. */
const path = fc.constantFrom(
  ...['a', 'a/b', 'a/b/c.c', 'a/d.c', 'd.c', 'e/f/g.h', 'e/h.h', 'x~', '.git/HEAD', 'skip/me.c', 'derivation.nix'],
);
const tree = fc.uniqueArray(path, { maxLength: 8 }).map(possible);
const ignored = ignoring([trustedProjectPath('derivation.nix')], (any) => any === 'skip' || any.startsWith('skip/'));

/** No file of a tree is a directory of it. */
function possible(paths: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const one of paths) {
    if (!kept.some((other) => one.startsWith(`${other}/`) || other.startsWith(`${one}/`))) kept.push(one);
  }
  return kept;
}

const filesOf = (paths: readonly string[]) =>
  createMemoryFiles(createManualClock(), Object.fromEntries(paths.map((each) => [each, ''])));

const inOrder = ({ listing, ...rest }: ListingChange) => ({ ...rest, listing: [...listing].sort(bytewise) });

describe('the listing after hints about all that came or went', () => {
  it('is the one made anew, and so is what is said of it', () => {
    fc.assert(
      fc.property(tree, tree, fc.array(path), (before, after, noise) => {
        const listed = new Set(filesOf(before).list(ignored));
        const files = filesOf(after);
        const changed = [...before, ...after].filter((each) => before.includes(each) !== after.includes(each));
        const hints = new Set([...changed, ...noise].map(trustedProjectPath));
        const whole = refreshListing(files, ignored, listed, 'everything');
        // Links are told of where the tree is listed.
        const { links, ...changes } = refreshListing(files, ignored, listed, hints);
        const { links: all, ...others } = whole;
        expect(inOrder(changes)).toEqual(inOrder(others));
        expect([undefined, all]).toContainEqual(links);
        expect([...whole.listing].sort(bytewise)).toEqual([...files.list(ignored)].sort(bytewise));
      }),
    );
  });

  it('differs from the one before in just what is said to have come or gone', () => {
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        const listed: ReadonlySet<ProjectPath> = new Set(filesOf(before).list(ignored));
        const { listing, appearances, directories } = refreshListing(filesOf(after), ignored, listed, 'everything');
        const replayed = new Set(listed);
        for (const { path: each, change } of appearances) {
          expect(change === 'added' ? !replayed.has(each) : replayed.delete(each)).toBe(true);
          if (change === 'added') replayed.add(each);
        }
        expect(replayed).toEqual(listing);
        expect(appearances.map(({ path: each }) => each).sort(bytewise)).toEqual(appearances.map((each) => each.path));
        expect(directories).toBe(directoriesOf(listed) !== directoriesOf(listing));
      }),
    );
  });
});

/** Every directory that some path lies in, at whatever depth. */
function directoriesOf(paths: ReadonlySet<ProjectPath>): string {
  const all = [...paths].flatMap((each) => {
    const parts = each.split('/').slice(0, -1);
    return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
  });
  return [...new Set(all)].sort(bytewise).join('\n');
}
