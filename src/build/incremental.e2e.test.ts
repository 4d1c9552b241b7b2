import { expect, it } from 'vitest';
import { freshExpression } from '../testing/fresh-expression.ts';
import { projectOf } from '../testing/project.ts';
import { randomEdit, randomProjectFiles, seededRandom } from '../testing/random-edits.ts';
import { watch } from '../testing/watch.ts';

it.each([1, 2, 3])(
  'ends with the expression of a first run after each of some random edits (seed %i)',
  async (seed) => {
    const project = projectOf(randomProjectFiles);
    const makenix = await watch(project);
    const random = seededRandom(seed);
    const edits: string[] = [];
    for (let i = 0; i < 10; i++) {
      edits.push(randomEdit(project, random));
      // An edit that concerns no unit starts no cycle; this one always does.
      project.write('fixed.c', `#include "a.h"\nint fixed_${i};\n`);
      await makenix.cycle();

      const fresh = await freshExpression(project);
      // The two may take a cycle each, and of a new directory the watcher tells late.
      while (project.read('derivation.nix') !== fresh) {
        await makenix.cycle().catch((cause: unknown) => {
          expect.soft(project.read('derivation.nix')).toBe(fresh);
          throw new Error(`after\n${edits.join('\n')}`, { cause });
        });
      }
    }
  },
);
