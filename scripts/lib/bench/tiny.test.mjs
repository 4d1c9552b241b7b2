import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tinyProject } from './tiny.mjs';

it('writes so many units, each including three different ones of a tenth as many headers', () => {
  const directory = mkdtempSync(join(tmpdir(), 'makenix-tiny-'));
  try {
    tinyProject(100).write(join(directory, 'tree'));
    const names = readdirSync(join(directory, 'tree/src'));
    const units = names.filter((name) => name.endsWith('.c'));
    expect(units).toHaveLength(100);
    expect(names.filter((name) => /^h\d+\.h$/.test(name))).toHaveLength(10);
    for (const unit of units) {
      const text = readFileSync(join(directory, 'tree/src', unit), 'utf8');
      const included = [...text.matchAll(/#include "(h\d+\.h)"/g)].map(([, name]) => name);
      expect(new Set(included).size).toBe(3);
      expect(names).toEqual(expect.arrayContaining(included));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it.each([
  [40, 40],
  [199, 199],
  [300, 100],
  [350, 117],
])('of %i units, has %i include the one header, whatever the size of the project', (units, sharers) => {
  const directory = mkdtempSync(join(tmpdir(), 'makenix-tiny-'));
  try {
    const { header, leaf, branch, write } = tinyProject(units);
    write(join(directory, 'tree'));
    const text = (/** @type {string} */ file) => readFileSync(join(directory, 'tree', file), 'utf8');
    const including = readdirSync(join(directory, 'tree/src')).filter(
      (name) => name.endsWith('.c') && text(`src/${name}`).includes(`#include "${header.slice('src/'.length)}"`),
    );
    expect(including).toHaveLength(sharers);
    for (const file of [header, leaf, ...branch]) expect(text(file)).not.toBe('');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
