import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createNodeFiles } from '../host/node-files.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { createManualClock, type ManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, paths, type MemoryFiles } from '../testing/fakes/memory-files.ts';
import type { Hints } from './tree.ts';
import { configFile } from '../plan/definition-files.ts';
import { TreeView } from './tree-view.ts';

const config = (more: object = {}): string => JSON.stringify({ targets: { main: { sources: ['src/*.c'] } }, ...more });
const [source, header, unread, absent] = paths('src/a.c', 'src/a.h', 'README.md', 'src/new.c') as [
  ...(readonly [ProjectPath, ProjectPath, ProjectPath, ProjectPath]),
];

let clock: ManualClock;
let files: MemoryFiles;
let read: Set<ProjectPath>;
let tree: TreeView;

const open = (remembered?: ConstructorParameters<typeof TreeView>[3]): TreeView =>
  new TreeView(files, clock, (path) => read.has(path), remembered);

/** What a cycle does: looks, takes in, and, once the units are scanned, knows the files that they read. */
function cycle(hints: Hints = 'everything') {
  const survey = tree.survey(hints);
  if (!survey.ok) throw new Error(JSON.stringify(survey.failure));
  const changes = tree.observe();
  tree.index.refresh(read);
  return { ...changes, contents: changes.contents.map(({ path }) => path), isNew: survey.value.isNew };
}

beforeEach(() => {
  clock = createManualClock();
  files = createMemoryFiles(clock, {
    'makenix.json': config(),
    'src/a.c': '#include "a.h"\n',
    'src/a.h': 'int a;\n',
    'README.md': 'read me\n',
    '.git/HEAD': 'main\n',
  });
  read = new Set([source, header]);
  tree = open();
  cycle();
});

/** Of links, the file system in memory knows too little. Returns where `src/a.c` is. */
function sourceOnDisk(): string {
  const root = mkdtempSync(join(tmpdir(), 'makenix-tree-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src/a.c'), '');
  return root;
}

describe('an input in a directory that is ignored', () => {
  const generated = trustedProjectPath('gen/g.h');

  it('is looked at all the same', () => {
    files.put('makenix.json', config({ ignore: ['gen'] }));
    files.put('gen/g.h', 'int g;\n');
    files.put('gen/unread.h', '');
    read.add(generated);
    cycle();
    expect(tree.differing()).toEqual([]);
    files.put('gen/g.h', 'int h;\n');
    files.put('gen/unread.h', 'int u;\n');
    expect(tree.differing()).toEqual([generated]);
    expect(cycle(new Set([generated]))).toMatchObject({ contents: [generated] });
    files.remove(generated);
    expect(tree.look(generated)).toBe('unsettled');
    expect(cycle(new Set(tree.differing()))).toMatchObject({ appearances: [{ path: generated, change: 'removed' }] });
    expect(tree.differing()).toEqual([]);
  });
});

describe('a look at a path', () => {
  it.each([
    ['a file that is read and changed', source, () => files.put('src/a.c', 'int b;\n'), 'differs'],
    ['a file that is read and touched', source, () => files.touch('src/a.c'), 'same'],
    ['a file that is read and not changed', source, () => undefined, 'same'],
    ['a file that is read and gone', header, () => files.remove(header), 'unsettled'],
    ['a file that is read and empty', header, () => files.put('src/a.h', ''), 'unsettled'],
    ['a file that is not read, whatever it holds', unread, () => files.put('README.md', 'more\n'), 'same'],
    ['a file that is not read, and gone', unread, () => files.remove(unread), 'unsettled'],
    ['a file that is new', absent, () => files.put('src/new.c', 'int n;\n'), 'differs'],
    ['a file that is new and empty', absent, () => files.put('src/new.c', ''), 'unsettled'],
    ['a file that is not there and was not', absent, () => undefined, 'same'],
    [
      'a configuration that changed',
      configFile,
      () => files.put('makenix.json', config({ include: ['inc'] })),
      'differs',
    ],
    ['a configuration that is touched', configFile, () => files.touch('makenix.json'), 'same'],
    ['a configuration that is empty', configFile, () => files.put('makenix.json', ''), 'unsettled'],
    ['a configuration that is gone', configFile, () => files.remove(configFile), 'unsettled'],
    ['a file that is ignored', trustedProjectPath('.git/HEAD'), () => files.put('.git/HEAD', 'other\n'), 'same'],
    ['our own output', trustedProjectPath('derivation.nix'), () => files.put('derivation.nix', '{ }'), 'same'],
  ])('finds %s', (_, path, edit: () => void, look) => {
    clock.advance(5000);
    edit();
    expect(tree.look(path)).toBe(look);
    // It took nothing in.
    expect(tree.look(path)).toBe(look);
  });

  it('finds a removal that was taken in the same, though units still read the file until they are scanned', () => {
    files.remove(header);
    expect(tree.look(header)).toBe('unsettled');
    tree.survey(new Set([header]));
    tree.observe();
    expect(read.has(header)).toBe(true);
    expect(tree.look(header)).toBe('same');
  });

  it('finds an empty file the same where it was empty before', () => {
    files.put('src/a.h', '');
    cycle(new Set([header]));
    files.touch('src/a.h');
    expect(tree.look(header)).toBe('same');
  });
});

describe('what is observed', () => {
  it('is what the hints name, apart in contents and in coming and going', () => {
    files.put('src/a.c', 'int b;\n');
    files.put('src/a.h', 'int b;\n');
    files.put('src/new.c', '');
    files.remove(unread);
    expect(cycle(new Set([source, absent, unread]))).toEqual({
      contents: [source],
      appearances: [
        { path: unread, change: 'removed' },
        { path: absent, change: 'added' },
      ],
      directories: false,
      relinked: [],
      isNew: true,
    });
  });

  it('is nothing where what is hinted at did not change, or is read by nobody', () => {
    files.touch('src/a.c');
    files.put('README.md', 'more\n');
    expect(cycle(new Set([source, unread]))).toEqual({
      contents: [],
      appearances: [],
      directories: false,
      relinked: [],
      isNew: false,
    });
  });

  it('is everything where that is hinted at', () => {
    files.put('src/a.c', 'int b;\n');
    files.remove(header);
    expect(cycle('everything')).toMatchObject({
      contents: [source],
      appearances: [{ path: header, change: 'removed' }],
    });
  });

  it('is that a file that is read has gone, though nobody lists it', () => {
    const generated = trustedProjectPath('.cache/gen.h');
    files.put(generated, 'int g;\n');
    read.add(generated);
    cycle();
    expect(tree.listing).not.toContain(generated);
    files.remove(generated);
    expect(cycle()).toMatchObject({ contents: [], appearances: [{ path: generated, change: 'removed' }] });
  });

  it('is that a file has gone between a look at the list and one at its contents, and that it is back', () => {
    files.put('src/a.h', 'int other;\n');
    tree.survey(new Set([header]));
    files.remove(header);
    expect(tree.observe()).toMatchObject({ contents: [], appearances: [{ path: header, change: 'removed' }] });
    // It was scanned without.
    read.delete(header);
    files.put('src/a.h', 'int other;\n');
    expect(tree.differing()).toEqual([header]);
    expect(cycle(new Set([header]))).toMatchObject({ appearances: [{ path: header, change: 'added' }] });
    expect(tree.differing()).toEqual([]);
  });

  it('is the same the other way round', () => {
    files.remove(header);
    tree.survey(new Set([header]));
    files.put('src/a.h', 'int other;\n');
    expect(tree.observe()).toMatchObject({ appearances: [{ path: header, change: 'removed' }] });
    expect(tree.listing).not.toContain(header);
    expect(tree.differing()).toEqual([header]);
    expect(cycle(new Set([header]))).toMatchObject({ appearances: [{ path: header, change: 'added' }] });
    expect(tree.listing).toContain(header);
    expect(tree.differing()).toEqual([]);
  });

  it('is a new file that a scan has come by before it was listed', () => {
    files.put('src/new.h', '');
    const unlisted = trustedProjectPath('src/new.h');
    read.add(unlisted);
    tree.index.refresh([unlisted]);
    expect(tree.differing()).toEqual([unlisted]);
    expect(cycle(new Set([unlisted]))).toMatchObject({ appearances: [{ path: unlisted, change: 'added' }] });
    expect(tree.differing()).toEqual([]);
  });

  it('is told once', () => {
    files.put('src/a.c', 'int b;\n');
    files.put('src/new.c', '');
    cycle();
    expect(cycle()).toMatchObject({ contents: [], appearances: [], directories: false });
  });

  it('goes back to before a cycle that found no plan to go by', () => {
    files.put('src/a.c', 'int b;\n');
    files.put('src/new.c', '');
    expect(tree.survey(new Set([source, absent]))).toMatchObject({ ok: true, value: { isNew: true } });
    files.put('src/a.h', 'int b;\n');
    expect(cycle(new Set([header]))).toMatchObject({
      contents: [source, header],
      appearances: [{ path: absent, change: 'added' }],
      isNew: true,
    });
  });
});

describe('the configuration', () => {
  it('is read where it is hinted at, and makes a plan of before worthless', () => {
    files.put('makenix.json', config({ output: 'nix/out.nix' }));
    expect(cycle(new Set([source]))).toMatchObject({ isNew: false });
    expect(tree.output).toBe('derivation.nix');
    expect(cycle(new Set([configFile]))).toMatchObject({ isNew: true, contents: [] });
    expect(cycle(new Set([configFile]))).toMatchObject({ isNew: false });
    expect(tree.output).toBe('nix/out.nix');
    expect(tree.ignored(trustedProjectPath('nix/out.nix'))).toBe(true);
    expect(tree.ignored(trustedProjectPath('derivation.nix'))).toBe(false);
  });

  it('says where the compilation database goes, which is ours then', () => {
    expect(tree.database).toBeUndefined();
    files.put('makenix.json', config({ compileCommands: 'db/compile_commands.json' }));
    cycle(new Set([configFile]));
    expect(tree.database).toBe('db/compile_commands.json');
    expect(tree.ignored(trustedProjectPath('db/compile_commands.json'))).toBe(true);
    expect(tree.ignored(trustedProjectPath('derivation.nix'))).toBe(true);
  });

  it('says what else is ignored, and a change of that lists the tree', () => {
    files.put('gen/x.c', '');
    cycle();
    files.put('makenix.json', config({ ignore: ['gen'] }));
    const hint = new Set([configFile]);
    expect(cycle(hint)).toMatchObject({ appearances: [{ path: 'gen/x.c', change: 'removed' }] });
    files.put('makenix.json', config());
    expect(cycle(hint)).toMatchObject({ appearances: [{ path: 'gen/x.c', change: 'added' }], directories: true });
  });

  it('makes every plan worthless until a cycle has found one to go by', () => {
    files.put('makenix.json', config({ ignore: ['src'] }));
    tree.survey(new Set([configFile]));
    files.put('src/a.c', 'int b;\n');
    const survey = tree.survey(new Set([source]));
    expect(survey).toMatchObject({ ok: true, value: { isNew: true } });
    expect(survey.ok && survey.value.files).not.toContain(source);
  });

  it('that cannot be read leaves the last one in force, and the hints for another time', () => {
    files.put('makenix.json', '{ "targets": ');
    files.put('src/a.c', 'int b;\n');
    expect(tree.survey(new Set([configFile, source]))).toMatchObject({
      ok: false,
      failure: { kind: 'config-invalid' },
    });
    expect(tree.config).toMatchObject({ targets: { main: {} } });
    files.put('makenix.json', config({ include: ['inc'] }));
    expect(cycle(new Set([configFile]))).toMatchObject({ contents: [source], isNew: true });
    expect(tree.config).toMatchObject({ include: ['inc'] });
  });

  it('may be taken away', () => {
    files.remove(configFile);
    expect(cycle(new Set([configFile]))).toMatchObject({
      appearances: [{ path: configFile, change: 'removed' }],
      isNew: true,
    });
    expect(tree.config).toBeUndefined();
  });
});

it('knows a file by its own name and not by that of a link to its directory, though watchers hint at both', () => {
  const root = sourceOnDisk();
  symlinkSync('src', join(root, 'alias'));
  const linked = trustedProjectPath('alias/a.c');
  tree = new TreeView(createNodeFiles(root), clock, () => false, undefined);
  cycle();
  expect([...tree.listing]).toEqual([source]);
  expect(tree.look(linked)).toBe('same');
  expect(cycle(new Set([source, linked]))).toMatchObject({ appearances: [] });
  expect([...tree.listing]).toEqual([source]);
});

it('does not go in circles where a directory has a link to itself', () => {
  const root = sourceOnDisk();
  symlinkSync('../src', join(root, 'src/self'));
  tree = new TreeView(createNodeFiles(root), clock, () => false, undefined);
  cycle();
  for (const path of ['src/self', 'src/self/self', 'src/self/self/self', 'src/self/a.c']) {
    expect([path, tree.look(trustedProjectPath(path))]).toEqual([path, 'same']);
  }
  rmSync(join(root, 'src/self'));
  expect(tree.look(trustedProjectPath('src/self'))).toBe('unsettled');
  expect(tree.look(trustedProjectPath('src/self/self'))).toBe('same');
});

it('hears of a definition that is gone by a look at something else', () => {
  files.put(configFile, '{ "cflags": ["-O2"] }');
  cycle();
  expect(tree.config).toEqual({ cflags: ['-O2'] });
  files.remove(configFile);
  // Nothing of that name ever was there, so that the tree is listed.
  cycle(new Set([trustedProjectPath('src/none')]));
  expect(tree.config).toBeUndefined();
  expect(tree.differing()).toEqual([]);
});

it('knows links to directories, by what they say', () => {
  const link = trustedProjectPath('inc');
  files.link(link, 'one');
  expect(tree.look(link)).toBe('differs');
  expect(tree.differing()).toEqual([link]);
  expect(cycle(new Set([link]))).toMatchObject({ relinked: [link] });
  expect(tree.look(link)).toBe('same');
  expect(cycle()).toMatchObject({ relinked: [] });

  files.link(link, 'two');
  expect(tree.differing()).toEqual([link]);
  const remembered = { listing: [...tree.listing], links: [...tree.links], files: [...tree.index.entries()] };
  tree = open(remembered);
  expect(cycle()).toMatchObject({ relinked: [link] });

  files.remove(link);
  expect(tree.look(link)).toBe('unsettled');
  expect(cycle(new Set([link]))).toMatchObject({ relinked: [link] });
  expect(tree.differing()).toEqual([]);
});

it('goes on from what an earlier run knew', () => {
  const remembered = { listing: [...tree.listing], links: [...tree.links], files: [...tree.index.entries()] };
  files.put('src/a.h', 'int b;\n');
  files.put('src/new.c', '');
  tree = open(remembered);
  expect(cycle()).toMatchObject({ contents: [header], appearances: [{ path: absent, change: 'added' }] });
});
