import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planFile } from '../plan/definition-files.ts';
import { eventsOf } from '../testing/event-log.ts';
import { generateWithoutNix, repositoryAt } from '../testing/git.ts';
import { build, makenix, projectOptions } from '../testing/makenix.ts';
import { projectOf, type TestProject } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

/* Whatever a project says, its own directory and the store are all that is written to. */

const sources = { 'src/main.c': 'int main(void) { return 0; }\n' };
const config = (value: object): Readonly<Record<string, string>> => ({ 'makenix.json': JSON.stringify(value) });

/** A project, and a directory beside it that nothing may happen to. */
function besides(files: Readonly<Record<string, string>> = {}): TestProject & { readonly elsewhere: string } {
  const project = projectOf({ ...sources, ...files });
  const elsewhere = join(dirname(project.root), 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'theirs'), 'theirs\n');
  writeFileSync(join(elsewhere, 'theirs.c'), 'int theirs;\n');
  writeFileSync(join(elsewhere, 'theirs.h'), '\n');
  return { ...project, elsewhere };
}

const isUntouched = ({ elsewhere }: { readonly elsewhere: string }): void => {
  expect(readdirSync(elsewhere).sort()).toEqual(['theirs', 'theirs.c', 'theirs.h']);
  expect(readFileSync(join(elsewhere, 'theirs'), 'utf8')).toBe('theirs\n');
};

/** Without the debug log and what is remembered. */
const filesOf = ({ root }: TestProject): readonly string[] =>
  readdirSync(root)
    .filter((name) => name !== '.makenix')
    .sort();

describe('refused, with nothing written anywhere:', () => {
  const outside: readonly (readonly [string, string, string, object])[] = [
    ['the state directory', '.makenix', '../elsewhere', {}],
    ['the state directory, by an absolute link', '.makenix', '', {}],
    ['the state directory, to what is not there', '.makenix', '../none', {}],
    ['a part of the state directory', '.makenix/gcroots', '../../elsewhere', {}],
    ['"output"', 'out', '../elsewhere', { output: 'out/theirs' }],
    ['"compileCommands"', 'out', '../elsewhere', { compileCommands: 'out/below/theirs' }],
  ];

  it.each(outside)('%s behind a link that leads out', async (_, link, target, settings) => {
    const project = besides(config(settings));
    mkdirSync(dirname(project.path(link)), { recursive: true });
    symlinkSync(target === '' ? project.elsewhere : target, project.path(link));
    for (const command of ['build', 'generate', 'why']) {
      const words = command === 'why' ? ['src/main.o'] : [];
      const { exitCode, events, stderr } = await makenix([
        command,
        ...(command === 'why' ? [] : ['--json']),
        ...projectOptions(project),
        ...words,
      ]);
      expect([command, exitCode]).toEqual([command, 2]);
      if (command === 'why') expect(stderr).toContain(`error: ${link} is a link that leads out of the project, to `);
      else expect(eventsOf(events, 'failure')).toMatchObject([{ failure: { kind: 'leads-outside', link } }]);
      isUntouched(project);
    }
    expect(project.exists('derivation.nix')).toBe(false);
  });

  it.each([
    ['"output" by ..', { output: '../elsewhere/theirs' }],
    ['"output" by a detour', { output: 'src/../../elsewhere/theirs' }],
    ['"output" by an absolute path', { output: '/tmp/theirs' }],
    ['"output" in what is git\'s', { output: '.git/hooks/pre-commit' }],
    ['"compileCommands" by ..', { compileCommands: '../elsewhere/theirs' }],
    ['"compileCommands" by an absolute path', { compileCommands: '/tmp/theirs' }],
    ['"include" by ..', { include: ['../elsewhere'] }],
    ['"include" by an absolute path', { include: ['/tmp'] }],
    ['"sources" by ..', { targets: { main: { sources: ['src/main.c', '../elsewhere/theirs.c'] } } }],
    ['"sources" by an absolute path', { targets: { main: { sources: ['/tmp/theirs.c'] } } }],
    ['"sources" by a pattern with ..', { targets: { main: { sources: ['src/*.c', '*/../../elsewhere/*.c'] } } }],
    ['a compiler of its own', { cflags: ['-B.'] }],
    ['a program before the compiler', { cflags: ['-wrapper', 'touch,../elsewhere/CANARY'] }],
    ['a plugin', { cflags: ['-fplugin=./plugin.so'] }],
    ['a file that the compiler writes', { cflags: ['-Wa,-a=../elsewhere/CANARY'] }],
    ['a package of its own', { packages: [{ nixpkgs: 'x', 'pkg-config': './x.pc' }] }],
  ])('%s', async (_, settings) => {
    const project = besides(config(settings));
    const { failures, events } = await build(project);
    expect(failures).toEqual(['config-invalid']);
    expect(eventsOf(events, 'failure')).toMatchObject([{ failure: { file: 'makenix.json', line: 1 } }]);
    isUntouched(project);
    expect(filesOf(project)).toEqual(['makenix.json', 'src']);
  });

  const plan = {
    version: 1,
    command: [],
    options: { c: { language: 'c', flags: [] as readonly string[] } },
    objects: { 'main.o': { source: 'src/main.c', options: 'c' } },
    products: [
      {
        name: 'main',
        path: 'main',
        form: 'executable',
        target: true,
        tool: 'cc',
        inputs: ['main.o'],
        arguments: ['main.o'],
      },
    ],
    definition: {},
    generators: [],
    notUnderstood: [],
  };
  const [product] = plan.products;
  it.each([
    ['a source', { objects: { 'main.o': { source: '../elsewhere/theirs.c', options: 'c' } } }],
    ['an object', { objects: { '../elsewhere/main.o': { source: 'src/main.c', options: 'c' } } }],
    ['a directory', { options: { c: { language: 'c', directory: '../elsewhere', flags: [] } } }],
    ['a product', { products: [{ ...product, path: '/tmp/main' }] }],
    ['a file', { products: [{ ...product, files: ['../elsewhere/theirs'] }] }],
    ['a name', { products: [{ ...product, names: ['../../elsewhere/theirs'] }] }],
    ['a file that it hangs on', { definition: { '../elsewhere/theirs': '0'.repeat(64) } }],
    ['a generated file', { generators: [{ inputs: {}, products: [], outputs: ['../elsewhere/theirs'] }] }],
    [
      'a program before the compiler',
      { options: { c: { language: 'c', flags: ['-wrapper', 'touch,../elsewhere/C'] } } },
    ],
    ['a list of flags', { options: { c: { language: 'c', flags: ['@src/flags'] } } }],
    ['a file that the compiler writes', { options: { c: { language: 'c', flags: ['-o../elsewhere/CANARY'] } } }],
  ])('of a plan, %s', async (_, change) => {
    const project = besides({ [planFile]: JSON.stringify({ ...plan, ...change }) });
    const { failures, events } = await build(project);
    expect(failures).toEqual(['config-invalid']);
    expect(eventsOf(events, 'failure')).toMatchObject([{ failure: { file: planFile } }]);
    isUntouched(project);
    expect(filesOf(project)).toEqual([planFile, 'src']);
  });

  it('sources and headers behind links that lead out', async () => {
    const project = besides({
      ...config({ include: ['out'], targets: { main: { sources: ['src/*.c'] } } }),
      'src/header.c': '#include <theirs.h>\n',
    });
    symlinkSync('../elsewhere', project.path('out'));
    symlinkSync('../../elsewhere/theirs.c', project.path('src/linked.c'));
    const { failures, outcome } = await build(project);
    expect([outcome, failures]).toEqual(['failed', ['outside-project', 'outside-project']]);
    isUntouched(project);
  });
});

it('replaces links in the place of what it generates, and not what they lead to', async () => {
  const project = besides(config({ compileCommands: 'compile_commands.json' }));
  for (const name of ['derivation.nix', 'compile_commands.json', 'result'])
    symlinkSync('../elsewhere/theirs', project.path(name));
  mkdirSync(project.path('.makenix'));
  for (const name of ['state.json', 'engine.json', 'host.nix', '.gitignore']) {
    symlinkSync('../../elsewhere/theirs', project.path(`.makenix/${name}`));
  }
  expect(await build(project)).toMatchObject({ outcome: 'built' });
  isUntouched(project);
  expect(lstatSync(project.path('derivation.nix')).isSymbolicLink()).toBe(false);
  expect(lstatSync(project.path('compile_commands.json')).isSymbolicLink()).toBe(false);
});

it('goes on watching when such a link is there, and builds when it is gone', async () => {
  const project = besides();
  symlinkSync('../elsewhere', project.path('.makenix'));
  const watching = await watch(project);
  expect(watching.first).toMatchObject({ outcome: 'failed', failures: ['leads-outside'] });
  project.remove('.makenix');
  project.append('src/main.c', 'int x;\n');
  const cycles = await watching.cyclesUntil(({ outcome }) => outcome === 'built');
  expect(cycles.at(-1)?.rebuilt).toEqual(['project', 'src/main.o']);
  await watching.interrupt();
  isUntouched(project);
});

it('checks what is staged elsewhere than behind such a link', async () => {
  const project = besides();
  const git = await repositoryAt(project.root);
  await generateWithoutNix(project, []);
  await git.commitAll('first');
  project.remove('.makenix');
  symlinkSync('../elsewhere', project.path('.makenix'));
  const checked = await generateWithoutNix(project, ['--staged', '--check']);
  expect([checked.exitCode, checked.stderr]).toEqual([0, 'derivation.nix, as staged, is up to date\n']);
  isUntouched(project);
});
