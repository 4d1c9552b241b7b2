import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { seeded } from '../chaos/random.mjs';
import { soakProject } from './project.mjs';

/** @param {number} seed */
function projectOf(seed) {
  const tree = mkdtempSync(join(tmpdir(), 'makenix-soak-'));
  onTestFinished(() => rmSync(tree, { recursive: true }));
  const [random, project] = [seeded(seed), soakProject(tree)];
  project.write(random);
  const texts = () =>
    readdirSync(tree, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(tree.length), readFileSync(file, 'utf8')].join('\n'))
      .sort();
  return { project, edit: () => project.edit(random), texts };
}

it('saves something else each time, and stays as large as it is', () => {
  const { project, edit, texts } = projectOf(1);
  const names = new Set();
  let before = texts();
  for (let cycle = 0; cycle < 500; cycle++) {
    edit();
    const now = texts();
    expect(now).not.toEqual(before);
    before = now;
    for (const text of now) names.add(text.split('\n', 1)[0]);
    expect(project.files).toBeGreaterThanOrEqual(30);
    expect(project.files).toBeLessThanOrEqual(46);
  }
  expect(names.size).toBeGreaterThan(100);
});

it('is broken now and then, and mended', () => {
  const { project, edit } = projectOf(2);
  const works = Array.from({ length: 300 }, () => {
    edit();
    return project.expected() !== undefined;
  });
  const mended = works.filter((does, cycle) => does && works[cycle - 1] === false);
  expect(mended.length).toBeGreaterThan(5);
  expect(works.filter((does) => does).length).toBeGreaterThan(200);
});

it('is the same for the same seed', () => {
  const [one, other] = [projectOf(3), projectOf(3)];
  for (let cycle = 0; cycle < 50; cycle++) for (const { edit } of [one, other]) edit();
  expect(one.texts()).toEqual(other.texts());
  expect(one.project.expected()).toBe(other.project.expected());
});
