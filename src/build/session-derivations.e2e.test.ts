import { chmodSync, copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeClock } from '../host/node-clock.ts';
import { createNodeCommands } from '../host/node-commands.ts';
import { createNodeFiles } from '../host/node-files.ts';
import type { Addressing } from '../model/events.ts';
import type { StepName } from '../model/ids.ts';
import { printDerivation } from '../nix/aterm.ts';
import { nixPath } from '../nix/nix-text.ts';
import { derivePlan, type PlanDerivations } from '../nix/plan-derivations.ts';
import {
  evaluateToolchain,
  packagesOf,
  textsOfToolchain,
  type EvaluatedToolchain,
  type EvaluatedTexts,
} from '../nix/toolchain-evaluation.ts';
import { SystemFiles } from '../scan/system-files.ts';
import { evaluateSteps, readDerivation, settingsOf, writeText } from '../testing/derivations.ts';
import { run } from '../testing/execute.ts';
import { copyFixture, projectOf, repository, type TestProject } from '../testing/project.ts';
import { configured, randomChange, recorded } from '../testing/random-definitions.ts';
import { randomEdit, randomProjectFiles, seededRandom } from '../testing/random-edits.ts';
import { Session } from './session.ts';

/** The law of plan-derivations.e2e.test.ts, for what a session makes of trees that are edited. */
function follow({ root, store }: TestProject, addressing: Addressing) {
  const commands = createNodeCommands(process.env);
  const session = new Session(
    {
      ...{ files: createNodeFiles(root), commands, clock: nodeClock, emit: () => undefined },
      systemFiles: new SystemFiles(createNodeFiles('/')),
    },
    {
      ...{ toolchain: 'host', defaultToolchain: async () => 'host', jobs: 2, projectName: 'p' },
      openStore: () => Promise.reject(new Error('no store is needed')),
    },
    undefined,
  );
  const settings = settingsOf(store, addressing);
  let toolchain: EvaluatedToolchain | undefined;
  let texts: EvaluatedTexts | undefined;
  let derived: PlanDerivations | undefined;

  /** Compares all derivations with those of Nix, and returns the steps whose derivation is another than before. */
  return async (): Promise<readonly StepName[]> => {
    const prepared = await session.prepare('everything', new AbortController().signal);
    if (!prepared.ok || prepared.value === undefined) throw new Error(JSON.stringify(prepared));
    const { graph, indexed, toolchain: tools } = prepared.value;
    const { plan } = indexed;
    const { fingerprints } = session;
    const before = toolchain;
    const evaluated = await evaluateToolchain(
      commands,
      settings,
      {
        packages: { text: tools.hostExpression({ addressing, fingerprints: new Map() }) ?? '' },
        ...{ attributes: packagesOf(plan), nixVersion: 'any' },
        readDerivation: (drv) => readDerivation(store, drv),
      },
      before,
    );
    if (!evaluated.ok) throw new Error(JSON.stringify(evaluated.failure));
    toolchain = evaluated.value;
    if (toolchain !== before || texts === undefined) texts = textsOfToolchain(toolchain);
    const inputs = {
      ...{ plan, texts },
      headers: ({ name }: { readonly name: StepName }) => graph.units.get(name)?.headers ?? none,
      nar: (path: Parameters<typeof session.tree.index.get>[0]) => session.tree.index.get(path)?.nar,
      fingerprint: (step: StepName) => fingerprints.get(step),
    };
    derived = derivePlan(inputs, derived);
    expect(derivePlan(inputs).steps).toEqual(derived.steps);

    const host = join(root, '.makenix/host.nix');
    writeText(host, tools.hostExpression({ addressing, fingerprints }) ?? '');
    const headers = new Map([...graph.units].map(([name, unit]) => [name, unit.headers]));
    const wanted = { root, plan, headers, steps: derived.steps.keys(), pkgs: `import ${nixPath(host)} { }` };
    const [theirs] = await evaluateSteps(settings, [wanted]);
    for (const [name, made] of derived.steps) {
      const drv = theirs?.get(name);
      expect(printDerivation(made.derivation)).toBe(drv && readDerivation(store, drv));
      expect(made.drv).toBe(drv);
    }
    return derived.changed;
  };
}

const none: readonly never[] = [];

it.each(['content', 'input'] as const)('fixtures, addressed by %s', async (addressing) => {
  for (const fixture of ['hello', 'mixed', 'article', 'broken']) {
    const compare = follow(copyFixture(fixture), addressing);
    expect(await compare()).not.toEqual([]);
    expect(await compare()).toEqual([]);
  }
});

it.each(['content', 'input'] as const)('Lua, and edits of it, addressed by %s', async (addressing) => {
  const project = projectOf({}, 'lua');
  await run(process.execPath, [join(repository, 'scripts/fetch-source.mjs'), 'lua5.4', project.root], repository);
  copyFileSync(join(repository, 'fixtures/lua/makenix.json'), project.path('makenix.json'));
  const compare = follow(project, addressing);
  expect((await compare()).length).toBeGreaterThan(30);

  project.append('src/lstring.c', '// more\n');
  expect(await compare()).toEqual(['src/lstring.o', 'liblua', 'lua', 'luac']);
  chmodSync(project.path('src/lstring.c'), 0o700);
  expect(await compare()).toEqual(['src/lstring.o', 'liblua', 'lua', 'luac']);
  project.touch('src/lstring.c');
  chmodSync(project.path('src/lstring.c'), 0o755);
  expect(await compare()).toEqual([]);
  project.append('src/lua.h', '#include "more.h"\n');
  expect((await compare()).length).toBeGreaterThan(20);
  project.write('src/more.h', '// found\n');
  expect((await compare()).length).toBeGreaterThan(20);
});

it.each([
  ['content', 1],
  ['content', 2],
  ['input', 3],
] as const)('random edits, addressed by %s (seed %i)', async (addressing, seed) => {
  const project = projectOf(randomProjectFiles);
  const compare = follow(project, addressing);
  const random = seededRandom(seed);
  await compare();
  for (let i = 0; i < 25; i++) {
    const what =
      random(4) === 0 ? changeMode(project, random(2) === 0 ? 'fixed.c' : 'a.h') : randomEdit(project, random);
    await compare().catch((cause: unknown) => {
      throw new Error(`after ${what}`, { cause });
    });
  }
});

const definitions = { 'makenix.json': configured, 'a recorded plan': recorded } as const;

it.each([
  ['makenix.json', 'content', 1],
  ['makenix.json', 'input', 2],
  ['a recorded plan', 'content', 3],
  ['a recorded plan', 'input', 4],
] as const)('random edits of %s and what it names, addressed by %s (seed %i)', async (kind, addressing, seed) => {
  const definition = definitions[kind];
  const project = projectOf(definition.files);
  const compare = follow(project, addressing);
  const random = seededRandom(seed);
  await compare();
  let changed = 0;
  for (let i = 0; i < 15; i++) {
    const what = random(6) === 0 ? changeMode(project, 'src/ü.c') : randomChange(definition, project, random);
    changed += await compare().then(
      (steps) => steps.length,
      (cause: unknown) => {
        throw new Error(`after ${what}`, { cause });
      },
    );
  }
  expect(changed).toBeGreaterThan(15);
});

function changeMode(project: TestProject, file: string): string {
  if (!project.exists(file)) return 'nothing';
  const { mode } = statSync(project.path(file));
  chmodSync(project.path(file), mode ^ 0o100);
  return `chmod ${file}`;
}
