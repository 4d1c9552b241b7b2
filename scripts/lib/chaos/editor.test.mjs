import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openEditor } from './editor.mjs';
import { seeded } from './random.mjs';
import { editedProjects } from './trees.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'makenix-editor-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let directories = 0;

/** What was done to the C++ project, and what has become of it. */
async function edited(/** @type {number} */ seed, /** @type {number} */ edits) {
  const directory = join(scratch, String(directories++));
  const tree = join(directory, 'tree');
  mkdirSync(tree, { recursive: true });
  const project = editedProjects.find(({ name }) => name === 'c++');
  if (project === undefined) throw new Error('there is a C++ project');
  const signal = new AbortController().signal;
  await project.write(tree, { directory, env: process.env, signal, say: () => undefined });
  const random = seeded(seed);
  const outside = join(directory, 'outside');
  const editor = openEditor({ tree, outside, project, random, pause: async () => undefined });
  await editor.begin();
  const done = [];
  for (let i = 0; i < edits; i++) done.push(i % 20 === 19 ? editor.mend() : await editor.edit());
  return { done, files: filesIn(tree) };
}

const filesIn = (/** @type {string} */ tree) =>
  readdirSync(tree, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(({ entry, path }) => !entry.isDirectory() && !path.startsWith(join(tree, '.git/')))
    .map(({ entry, path }) => {
      const name = path.slice(tree.length);
      if (entry.isSymbolicLink()) return `${name} -> ${readlinkSync(path)}`;
      return `${name} ${statSync(path).mode & 0o111} ${readFileSync(path, 'utf8')}`;
    })
    .sort();

it('does the same for the same seed, and something else for another', async () => {
  const first = await edited(1, 40);
  expect(await edited(1, 40)).toEqual(first);
  const other = await edited(2, 40);
  expect(other.done).not.toEqual(first.done);
  expect(other.files).not.toEqual(first.files);
});

it('comes to every kind of edit, and to every way of saving', async () => {
  const { done } = await edited(3, 500);
  const text = done.join('\n');
  const kinds = [
    ...['another body', 'other includes', 'broken', 'touched', 'executable or not', 'another body, at once'],
    ...['made', 'no longer missing', 'missing again', 'removed', 'renamed', 'shadows', 'shadows no more'],
    ...['linked', 'linked anew', 'moved in', 'directory gone', 'directory renamed', 'directory linked', 'swapped'],
    ...['makenix.json', 'as it was'],
  ];
  expect(kinds.filter((kind) => !new RegExp(`^${kind}: `, 'm').test(text))).toEqual([]);
  expect(text).toMatch(/^on branch\d, and nothing else$/m);
  const ways = [
    'in place',
    'renamed',
    'as vim',
    'emptied, then filled',
    'in two halves',
    'removed, then written',
    'twice',
  ];
  expect(ways.filter((way) => !new RegExp(`, ${way}$`, 'm').test(text))).toEqual([]);
});
