import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const units = 60;
const headers = 6;

/**
 * A program of 60 units, whose output tells of each of them which version of its source and of its header it was built
 * from. Every unit has a warning, so that there is something to be said twice.
 *
 * @param {string} tree
 */
export function chaosProject(tree) {
  const values = Array.from({ length: units }, (_, unit) => unit);
  const shared = Array.from({ length: headers }, () => 0);
  let saves = 0;

  const save = (/** @type {string} */ path, /** @type {string} */ text) => {
    // As most editors do: what is read is a whole file.
    writeFileSync(join(tree, `${path}~`), text);
    renameSync(join(tree, `${path}~`), join(tree, path));
  };
  const saveUnit = (/** @type {number} */ unit) =>
    save(
      `src/u${unit}.c`,
      `#include "h${unit % headers}.h"\nint u${unit}(void);\nint u${unit}(void) { int unused; return ${values[unit]} + SHARED; }\n`,
    );
  const saveHeader = (/** @type {number} */ header) =>
    save(`src/h${header}.h`, `#pragma once\n#define SHARED ${(shared[header] ?? 0) * 1000}\n`);

  return {
    target: 'chaos',
    write() {
      mkdirSync(join(tree, 'src'), { recursive: true });
      const config = { cflags: ['-O1', '-Wall'], targets: { chaos: { sources: ['src/*.c'] } } };
      writeFileSync(join(tree, 'makenix.json'), `${JSON.stringify(config, undefined, 2)}\n`);
      for (let header = 0; header < headers; header++) saveHeader(header);
      for (let unit = 0; unit < units; unit++) saveUnit(unit);
      const names = values.map((_, unit) => `u${unit}`);
      const calls = names.map((name) => `  printf("%d\\n", ${name}());`);
      save(
        'src/main.c',
        `#include <stdio.h>\n${names.map((name) => `int ${name}(void);`).join('\n')}\nint main(void) {\n${calls.join('\n')}\n  return 0;\n}\n`,
      );
    },
    /**
     * Saves one file with something else in it, now and then a header.
     *
     * @param {import('./random.mjs').Random} random
     */
    edit(random) {
      saves++;
      if (random.chance(0.15)) {
        const header = random.below(headers);
        shared[header] = saves;
        saveHeader(header);
      } else {
        const unit = random.below(units);
        values[unit] = saves;
        saveUnit(unit);
      }
    },
    /** What the program prints, built from what was saved last. */
    expected: () => values.map((value, unit) => `${value + (shared[unit % headers] ?? 0) * 1000}\n`).join(''),
  };
}
