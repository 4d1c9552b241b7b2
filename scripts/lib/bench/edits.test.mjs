import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commentEdit, editContenders, leafEdit, revertEdit, takeBack } from './edits.mjs';

const edited = { file: 'a.c', original: 'int a;\n' };

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'makenix-edits-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/**
 * Whose program is the source without its comments, and some more.
 *
 * @param {string} name
 * @param {{ steps?: number, more?: string }} [options]
 */
function builderOf(name, { steps, more = '' } = {}) {
  const tree = join(directory, name);
  mkdirSync(tree);
  const path = join(tree, edited.file);
  writeFileSync(path, edited.original);
  const compiled = () => Buffer.from(readFileSync(path, 'utf8').replace(/\/\*.*\*\/\n/g, '') + more);
  let program = compiled();
  const asked = /** @type {string[][]} */ ([]);
  return {
    name,
    tree,
    asked,
    text: () => readFileSync(path, 'utf8'),
    program: () => program,
    afterSave: async (/** @type {import('./builder.mjs').Change} */ { save, files }) => {
      await save();
      asked.push([...files]);
      program = compiled();
      return { ms: 1, ...(steps !== undefined && { steps }) };
    },
  };
}

/**
 * @param {readonly import('./builder.mjs').Builder[]} builders
 * @param {import('./edits.mjs').Edit} edit
 */
async function oneRound(builders, edit) {
  for (const { round } of editContenders(builders, edit, edited)) await round(0);
}

it('has everybody make the same edit, and says which file it is', async () => {
  const builders = [builderOf('makenix watch', { steps: 2 }), builderOf('ninja')];
  await oneRound(builders, leafEdit);
  const [text = '', other] = builders.map((builder) => builder.text());
  expect(text).toBe(other);
  expect(text.startsWith(edited.original)).toBe(true);
  expect(text).not.toBe(edited.original);
  expect(builders.map(({ asked }) => asked)).toEqual([[['a.c']], [['a.c']]]);
});

it('finds out who makes another program of the same sources', async () => {
  const builders = [builderOf('makenix watch'), builderOf('ninja', { more: '-O0' })];
  await expect(oneRound(builders, leafEdit)).rejects.toThrow('ninja and makenix watch made different programs');
});

it('is content where ninja compiles what it had built before, and not where makenix does', async () => {
  await oneRound([builderOf('makenix watch', { steps: 0 }), builderOf('ninja', { steps: 2 })], revertEdit);
  const again = builderOf('makenix watch, cli engine', { steps: 1 });
  await expect(oneRound([again], revertEdit)).rejects.toThrow('cli engine ran 1 steps for what it had built before');
});

it('takes back what is otherwise than it came, and lets nobody build who has nothing to do', async () => {
  const [changed, same] = [builderOf('ninja'), builderOf('raw gcc')];
  const programs = new Map([changed, same].map((builder) => [builder.name, builder.program()]));
  await oneRound([changed], leafEdit);
  await oneRound([changed], commentEdit);
  await takeBack([changed, same], edited, programs);
  expect(changed.text()).toBe(edited.original);
  expect(changed.asked).toHaveLength(3);
  expect(same.asked).toHaveLength(0);
  expect(changed.program().equals(same.program())).toBe(true);
});
