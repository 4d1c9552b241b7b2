import type { TestProject } from './project.ts';

/** Numbers that look random and are the same in every run: mulberry32. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const headers = ['a.h', 'b.h', 'sub/c.h', 'first/d.h', 'second/d.h'];
const units = ['one.c', 'two.c', 'sub/three.c'];

/** A project whose parts come, go and change; it always has something to compile. */
export const randomProjectFiles: Readonly<Record<string, string>> = {
  'makenix.json':
    '{ "include": ["first", ".", "second"], "targets": { "all": { "kind": "static-library", "sources": ["**"] } } }\n',
  'fixed.c': '#include "a.h"\nint fixed;\n',
  'a.h': '#pragma once\n',
  'b.h': '#pragma once\n#include "a.h"\n',
};

/** Makes one edit and returns what it was, for whoever has to find out why a test failed. */
export function randomEdit(project: TestProject, random: (below: number) => number): string {
  const pick = (values: readonly string[]): string => values[random(values.length)] ?? '';
  const includes = (names: readonly string[]): string =>
    names
      .filter(() => random(2) === 0)
      .map((name) => `#include ${random(2) === 0 ? `"${name}"` : `<${name}>`}\n`)
      .join('');
  const file = random(2) === 0 ? pick(headers) : pick(units);
  if (project.exists(file) && random(4) === 0) {
    project.remove(file);
    return `remove ${file}`;
  }
  const name = file.replace(/\W/g, '_');
  const text = file.endsWith('.c')
    ? `${includes(['a.h', 'b.h', 'sub/c.h', 'd.h'])}int ${name}_${random(1000)};\n`
    : `#pragma once\n${includes(['a.h', 'd.h'].filter((other) => !file.endsWith(other)))}extern int ${name}_${random(1000)};\n`;
  if (random(2) === 0 && project.exists(file)) project.writeAtomically(file, text);
  else project.write(file, text);
  return `write ${file}: ${JSON.stringify(text)}`;
}
