import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { copyFixture, openProject, type TestProject } from '../testing/project.ts';
import { build } from '../testing/makenix.ts';
import { seededRandom } from '../testing/random-edits.ts';

const words = ['Hello', 'Goodbye'] as const;

/** What a first run makes of the tree with either word, in the store of a project. */
async function firstRuns({ store }: TestProject) {
  const made = [];
  for (const word of words) {
    const project = openProject(copyFixture('hello').root, store);
    if (word !== 'Hello') project.edit('src/hello.c', 'Hello', word);
    const { outputs } = await build(project);
    made.push({ word, outputs, expression: project.read('derivation.nix') });
  }
  return made;
}

type Damage = (bytes: Buffer, random: (below: number) => number) => Buffer;

const damages: Readonly<Record<string, Damage>> = {
  'cut off': (bytes, random) => bytes.subarray(0, random(bytes.length)),
  'with a bit flipped': (bytes, random) => {
    const [byte, bit] = [random(bytes.length), random(8)];
    bytes.writeUInt8(bytes.readUInt8(byte) ^ (1 << bit), byte);
    return bytes;
  },
  'with another digit in a hash or a number': (bytes, random) => {
    // As JSON it is as good as before.
    const digits = [...bytes.keys()].filter((at) => /[0-8a-e]/.test(String.fromCharCode(bytes.readUInt8(at))));
    const at = digits[random(digits.length)] ?? 0;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  },
  'with a block of zeros': (bytes, random) => bytes.fill(0, random(bytes.length)),
  empty: () => Buffer.alloc(0),
};

describe('where what makenix remembers is damaged, a run gives what a first one would', () => {
  it.each(Object.entries(damages))('%s', async (kind, damage) => {
    const project = copyFixture('hello');
    const expected = await firstRuns(project);
    await build(project);
    const random = seededRandom(kind.length);
    const names = readdirSync(project.path('.makenix'));
    expect(names).toEqual(expect.arrayContaining(['.gitignore', 'host.nix', 'state.json']));
    for (const [round, name] of names.entries()) {
      const file = project.path(`.makenix/${name}`);
      const damaged = damage(readFileSync(file), random);
      expect(damaged.equals(readFileSync(file))).toBe(false);
      writeFileSync(file, damaged);
      const other = (round + 1) % 2;
      project.edit('src/hello.c', words[1 - other] ?? '', words[other] ?? '');
      const { outputs, failures } = await build(project);
      const made = { word: words[other], outputs, expression: project.read('derivation.nix') };
      expect([name, failures, made]).toEqual([name, [], expected[other]]);
      expect(await project.run('result/bin/main')).toBe(`${words[other]}, World!\n`);
    }
    expect(await build(project)).toMatchObject({ outcome: 'up-to-date', failures: [] });
  });

  it('a directory in its place, which is said and left alone', async () => {
    const project = copyFixture('hello');
    const { outputs } = await build(project);
    for (const name of ['state.json', 'engine.json']) {
      if (project.exists(`.makenix/${name}`)) project.remove(`.makenix/${name}`);
      project.write(`.makenix/${name}/mine`, 'mine');
    }
    const { events, ...cycle } = await build(project);
    expect(cycle).toMatchObject({ outcome: 'built', rebuilt: [], outputs });
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'write-failed',
        failure: expect.objectContaining({ path: '.makenix/state.json', reason: 'in-the-way' }) as unknown,
      }),
    );
    expect(project.read('.makenix/state.json/mine')).toBe('mine');
  });
});
