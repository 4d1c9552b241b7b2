import { expect, it } from 'vitest';
import { freshExpression } from '../testing/fresh-expression.ts';
import { projectOf } from '../testing/project.ts';
import { randomEdit, randomProjectFiles, seededRandom } from '../testing/random-edits.ts';
import { watch } from '../testing/watch.ts';

it.each([1, 2, 3])('has the expression of a first run after each of random edits (seed %i)', async (seed) => {
  const project = projectOf(randomProjectFiles);
  const makenix = await watch(project);
  const random = seededRandom(seed);
  const edits: string[] = [];
  for (let i = 0; i < 10; i++) {
    edits.push(randomEdit(project, random));
    // An edit that concerns no unit starts no cycle; this one always does.
    project.write('fixed.c', `#include "a.h"\nint fixed_${i};\n`);
    await makenix.cyclesUntil(({ events }) =>
      events.some((event) => event.kind === 'graph-changed' && event.changed.includes('fixed.c')),
    );
    expect(project.read('derivation.nix'), edits.join('\n')).toBe(await freshExpression(project));
  }
});
