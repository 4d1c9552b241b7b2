import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileOf, outputDirectory } from './project.mjs';

const cflags = ['-O2', '-Wall'];

/** Which a hundred units include, or all where there are fewer. */
const sharedHeader = 'shared.h';
const sharers = 100;

/** How many units are otherwise on another branch, with one of the headers. */
const branchUnits = 10;

/**
 * A program of `units` units that the compiler is done with at once, each including three of `units / 10` headers, and a
 * hundred of them one more: the worst case for whoever has something to do for every unit. Unit 0 has `main`.
 *
 * @param {number} units at least 30
 * @returns {import('./project.mjs').Project}
 */
export function tinyProject(units) {
  const sources = Array.from({ length: units }, (_, unit) => `src/u${unit}.c`);
  return {
    name: `tiny-${units}`,
    title: `${units.toLocaleString('en')} tiny units`,
    target: 'tiny',
    units,
    leaf: `src/u${units >> 1}.c`,
    header: `src/${sharedHeader}`,
    branch: [...sources.slice(1, 1 + branchUnits), 'src/h0.h'],
    write: (tree) => {
      mkdirSync(join(tree, 'src'), { recursive: true });
      const config = { cflags, targets: { tiny: { sources: ['src/*.c'] } } };
      writeFileSync(join(tree, 'makenix.json'), `${JSON.stringify(config, undefined, 2)}\n`);
      const headers = Math.floor(units / 10);
      for (let header = 0; header < headers; header++) {
        writeFileSync(join(tree, `src/h${header}.h`), `#pragma once\n#define H${header} ${header}\n`);
      }
      writeFileSync(join(tree, 'src', sharedHeader), '#pragma once\n#define SHARED 1\n');
      for (const [unit, source] of sources.entries()) {
        const isSharer = unit % Math.max(1, Math.floor(units / sharers)) === 0;
        writeFileSync(join(tree, source), unitText(unit, headers, isSharer));
      }
    },
    recipe: () => {
      // The order of the sources' names, as makenix links them: so that programs can be compared.
      const compiles = [...sources].sort().map((source) => compileOf(source, cflags));
      const inputs = compiles.map(({ object }) => object);
      const link = {
        tool: /** @type {const} */ ('cc'),
        file: `${outputDirectory}/tiny`,
        flags: [],
        inputs,
        libraries: [],
      };
      return { compiles, archives: [], link };
    },
  };
}

/**
 * @param {number} unit
 * @param {number} headers
 * @param {boolean} isSharer
 */
function unitText(unit, headers, isSharer) {
  const step = Math.floor(headers / 3);
  const included = [0, step, 2 * step].map((offset) => (unit + offset) % headers);
  const lines = included.map((header) => `#include "h${header}.h"`);
  if (isSharer) lines.push(`#include "${sharedHeader}"`);
  lines.push(`int unit${unit}(int x);`);
  lines.push(
    `int unit${unit}(int x) { return x * ${unit + 1} + ${included.map((header) => `H${header}`).join(' + ')}; }`,
  );
  if (unit === 0) lines.push('int main(void) { return unit0(0) == 0; }');
  return `${lines.join('\n')}\n`;
}
