import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planFile } from '../plan/definition-files.ts';
import { printRecordedPlan } from '../plan/recorded-plan.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { cycleOf, type Cycle } from '../testing/cycle.ts';
import { eventsOf } from '../testing/event-log.ts';
import { execute } from '../testing/execute.ts';
import { repositoryAt } from '../testing/git.ts';
import { canary, canaryNames, hostileNames, longestName } from '../testing/hostile-names.ts';
import { makenix, projectOptions, type Ended } from '../testing/makenix.ts';
import { projectOf, type TestProject } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

/*
 * Nothing that a project is called, says or contains is ever run, and nothing is written but in the project and the store: each
 * name here would leave a canary if it reached a shell, and end an evaluation if it reached Nix, as it is.
 */

const names = [...hostileNames, ...canaryNames];

/** Also the project's own directory has such a name. */
const directoryName = `it's $(touch ${canary}) "\${x}" \`touch ${canary}\``;

/** A project in surroundings of its own, in which all that has a home is at home. */
interface Surrounded extends TestProject {
  readonly env: Readonly<Record<string, string>>;
  makenix(...args: readonly string[]): Promise<Ended>;
  build(...args: readonly string[]): Promise<Cycle>;
  /** What is in the surroundings that was not there, or is another, since the project was made; without what is Nix's own. */
  written(): readonly string[];
}

function surrounded(files: Readonly<Record<string, string>>, name = directoryName): Surrounded {
  const project = projectOf(files, name);
  const outside = dirname(project.root);
  const home = join(outside, 'home');
  for (const each of ['.config', '.cache', '.local/state', 'tmp', 'runtime']) {
    mkdirSync(join(home, each), { recursive: true });
  }
  const env = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_STATE_HOME: join(home, '.local/state'),
    XDG_RUNTIME_DIR: join(home, 'runtime'),
    TMPDIR: join(home, 'tmp'),
  };
  const before = listingOf(outside);
  const run = (...args: readonly string[]): Promise<Ended> => makenix(args, { env });
  return {
    ...project,
    env,
    makenix: run,
    build: async (...args) => cycleOf((await run('build', '--json', ...projectOptions(project), ...args)).events),
    written() {
      expect(listingOf(dirname(project.store), canary)).toEqual(new Map());
      const after = listingOf(outside);
      const paths = [...after.keys()].filter((path) => after.get(path) !== before.get(path));
      const gone = [...before.keys()].filter((path) => !after.has(path));
      // Nix keeps what it has evaluated where it does always.
      return [...paths, ...gone.map((path) => `-${path}`)].filter((path) => !path.startsWith('home/.cache/nix'));
    },
  };
}

/** Every path below a directory with what is there, of those whose names begin as given if one is. */
function listingOf(directory: string, name?: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const enter = (below: string): void => {
    // A byte a character: names need not be UTF-8.
    for (const entry of readdirSync(bytes(below === '' ? directory : `${directory}/${below}`), 'latin1')) {
      const path = below === '' ? entry : `${below}/${entry}`;
      const absolute = bytes(`${directory}/${path}`);
      const stats = lstatSync(absolute);
      const isWanted = name === undefined || entry.startsWith(name);
      if (stats.isDirectory()) enter(path);
      else if (isWanted && stats.isSymbolicLink()) found.set(path, `-> ${readlinkSync(absolute, 'latin1')}`);
      else if (isWanted) found.set(path, stats.isFile() ? readFileSync(absolute, 'latin1') : 'special');
    }
  };
  enter('');
  return found;
}

const bytes = (path: string): Buffer => Buffer.from(path, 'latin1');

/** What a build may write: what it generates, its links and its state. */
const ownFiles = /^[^/]+\/(?:\.makenix\/.*|derivation\.nix|compile_commands\.json|result(?:-\d+)?)$/;
const strangers = (project: Surrounded): readonly string[] => project.written().filter((path) => !ownFiles.test(path));

/** Builds with each engine, and then as `makenix doctor` says that it is done without makenix. */
async function buildInAllWays(project: Surrounded, output = 'derivation.nix'): Promise<Cycle> {
  const byDaemon = await project.build();
  const said = eventsOf(byDaemon.events, 'log-line').map(({ text }) => text);
  expect([byDaemon.outcome, byDaemon.failures, said]).toEqual(['built', [], []]);
  const generated = project.read(output);
  // In a store of its own, or nothing would be left to do.
  const elsewhere = `${project.store}-cli`;
  const options = projectOptions(project).map((option) => (option === project.store ? elsewhere : option));
  const { events } = await project.makenix('build', '--json', ...options, '--engine', 'cli');
  expect(cycleOf(events)).toMatchObject({ outcome: 'built', rebuilt: byDaemon.rebuilt });
  expect(project.read(output)).toBe(generated);

  const { stdout: advice } = await project.makenix('doctor', ...projectOptions(project));
  const command = advice.split('\n').find((line) => line.startsWith('  nix build ')) ?? '';
  const plain = await execute('sh', ['-c', `${command} --no-link --print-out-paths`], project.root, project.env);
  expect([plain.exitCode, plain.stderr]).toEqual([0, expect.not.stringContaining('building')]);
  expect(plain.stdout.split('\n').sort()).toEqual([...byDaemon.outputs.map(({ outPath }) => outPath), ''].sort());
  return byDaemon;
}

/** What flags say, as they are: a C string escapes two characters only, and has no line breaks. */
const texts = names.filter((name) => !name.includes('\r'));
const asCString = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
const defines = Object.fromEntries(texts.map((text, i) => [`T${i}`, asCString(text)]));
const defineFlags = Object.entries(defines).map(([name, value]) => `-D${name}=${value}`);
const saysTexts = `#include <stdio.h>\nint main(void) {\n${texts.map((_, i) => `puts(T${i});\n`).join('')}return 0; }\n`;
const linkFlags = texts.map((text) => `-Wl,-rpath,/nowhere/${text}`);

/** Sources whose names are all in `names`, each with a header of that name; they do not mind being linked together. */
function sourcesNamed(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [i, name] of [...names, longestName].entries()) {
    const directory = name.endsWith('~') ? `${name}.` : name.slice(0, 60);
    files[`${name}.h`] = `extern int top_${i};\n`;
    // To a compiler, a line ends there.
    files[`${name}.c`] = `${name.includes('\r') ? '' : `#include <${name}.h>\n`}int top_${i};\n`;
    files[`d/${directory}/a.h`] = `extern int below_${i};\n`;
    files[`d/${directory}/a.c`] = `#include "a.h"\nint below_${i};\n`;
  }
  return files;
}

describe('nothing of a project is run, and nothing written elsewhere:', () => {
  it('files and directories of hostile names', async () => {
    const project = surrounded({
      ...sourcesNamed(),
      'main.c': 'int main(void) { return 0; }\n',
      'makenix.json': JSON.stringify({
        include: ['.'],
        cflags: ['-w'],
        targets: { main: { sources: ['**', '**/.*.c', 'd/..c/*.c'] } },
      }),
    });
    const { rebuilt } = await buildInAllWays(project);
    expect(rebuilt).toHaveLength(Object.keys(sourcesNamed()).filter((path) => path.endsWith('.c')).length + 2);
    expect(strangers(project)).toEqual([]);
  });

  it('hostile flags, defines and directories in makenix.json', async () => {
    const output = `-o '$(touch ${canary})' \${x} \x1b[2J.nix`;
    const directories = texts.filter((name) => !name.endsWith('~')).map((name) => `inc/${name}`);
    const project = surrounded({
      ...Object.fromEntries(directories.map((directory, i) => [`${directory}/h${i}.h`, `extern int h${i};\n`])),
      'main.c': `${directories.map((_, i) => `#include <h${i}.h>\n`).join('')}${saysTexts}`,
      'makenix.json': JSON.stringify({
        output,
        targets: {
          'a+b-c_d?e=f.g': { sources: ['*.c'], include: directories, defines, cflags: ['-w'], ldflags: linkFlags },
        },
      }),
    });
    await buildInAllWays(project, output);
    expect(await project.run('result/bin/a+b-c_d?e=f.g')).toBe(texts.map((text) => `${text}\n`).join(''));
    expect(strangers(project)).toEqual([`${directoryName}/${output}`]);
  });

  it('hostile commands in a compilation database', async () => {
    const project = surrounded({
      ...sourcesNamed(),
      'main.c': saysTexts,
      'makenix.json': JSON.stringify({
        compileCommands: 'db.json',
        targets: { main: { sources: ['**', '**/.*.c', 'd/..c/*.c'], ldflags: linkFlags } },
      }),
    });
    const sources = [...Object.keys(sourcesNamed()).filter((path) => path.endsWith('.c')), 'main.c'];
    const entries = sources.map((path, i) => {
      const output = `${path.slice(0, -2)}.o`;
      const words = ['cc', '-w', '-I.', ...defineFlags, '-c', '-o', `./${output}`, `./${path}`];
      // Words for no shell, and words for one.
      const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
      return { directory: project.root, file: path, output, ...(i % 2 === 0 ? { arguments: words } : { command }) };
    });
    project.write('build/compile_commands.json', JSON.stringify(entries));
    const imported = await project.makenix('import', '-C', project.root, '--compile-commands', project.path('build'));
    expect([imported.exitCode, imported.stderr]).toEqual([0, expect.not.stringContaining('not understood')]);
    await buildInAllWays(project);
    expect(await project.run('result/bin/main')).toBe(texts.map((text) => `${text}\n`).join(''));
    const database = JSON.parse(project.read('db.json')) as readonly { readonly file: string }[];
    expect(database.map(({ file }) => file.replace(/^\.\//, '')).sort()).toEqual(sources.sort());
    const own = new Set(['db.json', 'build/compile_commands.json', planFile].map((path) => `${directoryName}/${path}`));
    expect(strangers(project).filter((path) => !own.has(path))).toEqual([]);
  });

  it('a hostile plan', async () => {
    const sources = Object.keys(sourcesNamed()).filter((path) => path.endsWith('.c'));
    const objects = sources.map(
      (source) => [`o/${source.slice(0, -2)}.o`, { source, options: 'hostile "$(x)"' }] as const,
    );
    const directory = `d/$(touch ${canary})`;
    const plan: RecordedPlan = {
      version: 1,
      command: ['sh', '-c', `touch ${canary}`],
      options: {
        'hostile "$(x)"': { language: 'c', flags: ['-w', '-I.', ...defineFlags] },
        main: { language: 'c', directory, flags: ['-w', '-I../..', ...defineFlags] },
      },
      objects: {
        ...Object.fromEntries(objects),
        'main.o': { source: 'main.c', options: 'main', files: ['"; abort "x.h'] },
      },
      products: [
        {
          name: 'lib.a',
          path: `o/lib$(touch ${canary}).a`,
          form: 'static-library',
          target: false,
          inputs: [objects[0]?.[0] ?? ''],
        },
        {
          name: 'main',
          path: `o/'';touch ${canary}''`,
          form: 'executable',
          target: true,
          tool: 'cc',
          directory,
          inputs: [...objects.slice(1).map(([path]) => path), 'main.o', 'lib.a'],
          arguments: [
            ...linkFlags,
            ...[...objects.slice(1).map(([path]) => path), 'main.o', `o/lib$(touch ${canary}).a`].map(
              (path) => `../../${path}`,
            ),
          ],
          files: ['"; abort "x.h'],
          aliases: { [`o/alias\`touch ${canary}\`.a`]: 'lib.a' },
          names: [`$(touch ${canary})`, '-x', '\x1b[2J'],
        },
      ],
      definition: {},
      generators: [],
      notUnderstood: [{ problem: '\x1b[2J', command: [`$(touch ${canary})`], targets: ['main'] }],
    };
    const project = surrounded({ ...sourcesNamed(), 'main.c': saysTexts, [planFile]: printRecordedPlan(plan) });
    await buildInAllWays(project);
    const printed = await project.run(`result/bin/'';touch ${canary}''`);
    expect(printed).toBe(texts.map((text) => `${text}\n`).join(''));
    expect(strangers(project)).toEqual([]);
  });

  it('names that no list of make rules can say are refused, and others built', async () => {
    const project = surrounded({
      'src/main.c': 'int main(void) { return 0; }\n',
      [`src/a\n$(touch ${canary}).c`]: 'int a;\n',
    });
    writeFileSync(Buffer.concat([Buffer.from(project.path('src/')), Buffer.from([0xff, 0x2e, 0x63])]), 'int b;\n');
    const { failures, outcome, rebuilt } = await project.build();
    expect([outcome, failures.filter((kind) => kind === 'name-unusable')]).toEqual([
      'failed',
      ['name-unusable', 'name-unusable'],
    ]);
    expect(rebuilt).toEqual(['src/main.o']);
    expect(strangers(project).map((path) => path.replace(/^.*\/src\//, ''))).toEqual(['\xff.c']);
  });

  it("the user's command after a good build has its words as they are", async () => {
    const project = surrounded({ 'src/main.c': 'int main(void) { return 0; }\n' });
    const words = [`$(touch ${canary})`, `\`touch ${canary}\``, `;touch ${canary}`, "'", '-n', '*', ''];
    const watching = await watch(project, ['--', 'printf', '%s\n', ...words], { env: project.env });
    expect(await watching.event('command-finished')).toMatchObject({ exitCode: 0 });
    const { stdout } = await watching.interrupt();
    expect(stdout.split('\n').slice(0, words.length)).toEqual(words);
    expect(strangers(project)).toEqual([]);
  });

  it("git's hook", async () => {
    const top = surrounded({ [`${directoryName}/src/main.c`]: 'int main(void) { return 0; }\n' });
    const git = await repositoryAt(top.root);
    const root = top.path(directoryName);
    expect((await top.makenix('generate', '-C', root, '--toolchain', 'host')).exitCode).toBe(0);
    const installed = await top.makenix('hook', 'install', '-C', root);
    expect([installed.exitCode, installed.stderr]).toEqual([0, expect.stringMatching(/^installed /)]);
    await git.git('add', '--all');
    const committed = await git.tryGit(['commit', '--quiet', '--message', 'first'], top.env);
    expect([committed.exitCode, committed.stderr]).toEqual([0, 'derivation.nix, as staged, is up to date\n']);
    const isOwn = /^[^/]+\/(?:\.git\/|[^/]+\/(?:\.makenix\/|derivation\.nix$))/;
    expect(top.written().filter((path) => !isOwn.test(path))).toEqual([]);
  });
});
