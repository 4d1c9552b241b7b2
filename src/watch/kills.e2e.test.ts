import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { Kind } from '../testing/event-log.ts';
import { freshExpression } from '../testing/fresh-expression.ts';
import { build, projectOptions, startMakenix } from '../testing/makenix.ts';
import { descendantsOf, stillRunning } from '../testing/processes.ts';
import { openProject, projectOf, type TestProject } from '../testing/project.ts';
import { seededRandom } from '../testing/random-edits.ts';
import { storeParent, temporaryDirectory } from '../testing/temporary.ts';

/** MAKENIX_TEST_KILLS=300 MAKENIX_TEST_SEED=7: more of them, and others. */
const kills = Number(process.env['MAKENIX_TEST_KILLS'] ?? 14);
const seed = Number(process.env['MAKENIX_TEST_SEED'] ?? 1);

const units = ['a', 'b', 'sub/c'];
const nameOf = (unit: string): string => unit.replace('/', '_');

/** A program that prints what is in each of its files. */
interface Numbered {
  readonly project: TestProject;
  edit(): string;
  expected(): string;
}

function numberedProject(random: (below: number) => number): Numbered {
  const numbers = new Map<string, number>([...units, 'shared.h'].map((name) => [name, 0]));
  const includes = new Set(units);
  const unitText = (unit: string): string =>
    (includes.has(unit) ? '#include "shared.h"\n' : '#define SHARED 0\n') +
    `int ${nameOf(unit)}(void) { return ${numbers.get(unit)} * 1000 + SHARED; }\n`;
  const calls = units.map((unit) => `${nameOf(unit)}()`).join(', ');
  const project = projectOf({
    'makenix.json': '{ "include": ["src"], "targets": { "main": { "sources": ["src/**/*.c"], "cflags": ["-O1"] } } }\n',
    'src/main.c':
      `#include <stdio.h>\n${units.map((unit) => `int ${nameOf(unit)}(void);\n`).join('')}` +
      `int main(void) { printf("${units.map(() => '%d').join(' ')}\\n", ${calls}); }\n`,
  });
  const headerText = (): string => `#define SHARED ${numbers.get('shared.h')}\n`;
  const write = (name: string, text: string): void =>
    random(2) === 0 ? project.write(name, text) : project.writeAtomically(name, text);
  project.write('src/shared.h', headerText());
  for (const unit of units) project.write(`src/${unit}.c`, unitText(unit));
  return {
    project,
    edit() {
      if (random(4) === 0) {
        // Going back to a number makes what was there before.
        numbers.set('shared.h', random(5));
        write('src/shared.h', headerText());
        return 'shared.h';
      }
      const unit = units[random(units.length)] ?? 'a';
      numbers.set(unit, random(20));
      if (random(3) === 0 && !includes.delete(unit)) includes.add(unit);
      write(`src/${unit}.c`, unitText(unit));
      return unit;
    },
    expected: () =>
      `${units
        .map((unit) => (numbers.get(unit) ?? 0) * 1000 + (includes.has(unit) ? (numbers.get('shared.h') ?? 0) : 0))
        .join(' ')}\n`,
  };
}

const moments: readonly (Kind | undefined)[] = [
  undefined,
  'daemon-started',
  'cycle-started',
  'unit-scanned',
  'stanzas-written',
  'derivation-started',
  'derivation-finished',
  'cycle-finished',
];

it(
  `killed ${kills} times at any moment (seed ${seed}), the next run is right by itself`,
  async () => {
    const random = seededRandom(seed);
    const { project, edit, expected } = numberedProject(random);
    const left: ReturnType<typeof descendantsOf>[number][] = [];
    for (let kill = 1; kill <= kills; kill++) {
      const told: string[] = [];
      for (let edits = 1 + random(2); edits > 0; edits--) told.push(edit());
      const command = random(3) === 0 ? 'build' : 'watch';
      const running = startMakenix([command, '--json', ...projectOptions(project)]);
      const kind = moments[random(moments.length)];
      // A run with nothing to do comes to few of them.
      if (kind !== undefined) await running.log.either(kind, 'cycle-finished');
      if (random(2) === 0) told.push(edit());
      // Not a wait for something to happen: the moment is what this is about. What is known is written 300 ms after a cycle.
      await setTimeout(kind === undefined ? random(600) : kind === 'cycle-finished' ? random(400) : random(40));
      left.push(...descendantsOf(running.pid));
      running.signal('SIGKILL');
      await running.ended;
      const what = `kill ${kill}, ${command}, after ${kind ?? 'the start'}; edited ${told.join(' ')}`;
      // Several in a row are more than one: what one has left, the next may have believed.
      if (random(3) === 0 && kill < kills) continue;
      const { outcome, failures, failed } = await build(project);
      expect({ outcome: outcome === 'up-to-date' ? 'built' : outcome, failures, failed }, what).toEqual({
        outcome: 'built',
        failures: [],
        failed: [],
      });
      expect(await project.run('result/bin/main'), what).toBe(expected());
      expect(project.read('derivation.nix'), what).toBe(await freshExpression(project));
    }

    const { outcome, outputs } = await build(project);
    expect(outcome).toBe('up-to-date');
    const store = join(temporaryDirectory(storeParent()), 'store');
    const elsewhere = projectOf({ 'makenix.json': project.read('makenix.json') });
    for (const name of ['main.c', 'shared.h', ...units.map((unit) => `${unit}.c`)])
      elsewhere.write(`src/${name}`, project.read(`src/${name}`));
    expect((await build(openProject(elsewhere.root, store))).outputs).toEqual(outputs);
    const strange = readdirSync(project.root).filter(
      (name) => !/^(\.makenix|derivation\.nix|makenix\.json|result|src|\..*\.makenix-tmp)$/.test(name),
    );
    expect(strange).toEqual([]);
    // Daemons end with what they were started by, and `nix build` with its work.
    await vi.waitFor(() => expect(stillRunning(left)).toEqual([]), 30_000);
  },
  60_000 + kills * 10_000,
);
