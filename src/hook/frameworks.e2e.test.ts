import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { execute, type Executed } from '../testing/execute.ts';
import { generateWithoutNix, repositoryAt } from '../testing/git.ts';
import { pathWithoutNix } from '../testing/nix.ts';
import { copyFixture, repository, type TestProject } from '../testing/project.ts';
import { temporaryDirectory } from '../testing/temporary.ts';

interface Framework {
  readonly project: TestProject;
  /** A program, as a person in the project would start it. */
  run(program: string, ...args: readonly string[]): Promise<Executed>;
  /** `git commit` of all there is. */
  commit(): Promise<Executed>;
}

/** fixtures/hello with a true expression, in a repository; and a PATH with makenix and the frameworks. */
async function withFrameworks(): Promise<Framework> {
  const project = copyFixture('hello');
  const git = await repositoryAt(project.root);
  await generateWithoutNix(project, []);
  const home = temporaryDirectory();
  symlinkSync(join(repository, 'bin/makenix.js'), join(home, 'makenix'));
  const env = {
    PATH: [home, frameworks(), pathWithoutNix()].join(delimiter),
    PRE_COMMIT_HOME: join(home, 'pre-commit'),
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    // A machine may have switched them off.
    ...{ HUSKY: '', LEFTHOOK: '', SKIP: '' },
    npm_config_prefer_offline: 'true',
  };
  return {
    project,
    run: (program, ...args) => execute(program, args, project.root, env),
    async commit() {
      await git.git('add', '--all');
      return git.tryGit(['commit', '--quiet', '--message', 'commit'], env);
    },
  };
}

function frameworks(): string {
  const directories = process.env['MAKENIX_TEST_FRAMEWORKS'];
  if (directories === undefined) throw new Error('pre-commit, lefthook and husky are not here: run this by `npm test`');
  return directories;
}

/** Puts the recipe for a file into the project, as docs/hooks.md has it. */
function followRecipe(project: TestProject, file: string): void {
  const documentation = readFileSync(join(repository, 'docs/hooks.md'), 'utf8');
  const recipe = documentation.split(/^```/m).find((block) => block.split('\n')[1] === `# ${file}`);
  if (recipe === undefined) throw new Error(`docs/hooks.md has no recipe for ${file}`);
  project.write(file, recipe.slice(recipe.indexOf('\n') + 1));
}

/** A commit that is true passes, one that is not does not and says why. */
async function expectChecked({ project, commit }: Framework): Promise<void> {
  const first = await commit();
  expect(first).toMatchObject({ exitCode: 0 });
  project.edit('src/hello.c', '#include "hello.h"\n', '#include "hello.h"\n#include "world.h"\n');
  const { exitCode, stdout, stderr } = await commit();
  expect(exitCode).toBe(1);
  expect(stdout + stderr).toContain('derivation.nix, as staged, is stale: run `makenix generate --staged --fix`');
  expect(stdout + stderr).toContain('src/hello.o: + src/world.h');
  await generateWithoutNix(project, []);
  expect(await commit()).toMatchObject({ exitCode: 0 });
}

const succeeds = { exitCode: 0 };

describe('a commit is checked', () => {
  it('by lefthook', async () => {
    const framework = await withFrameworks();
    followRecipe(framework.project, 'lefthook.yml');
    expect(await framework.run('lefthook', 'install')).toMatchObject(succeeds);
    await expectChecked(framework);
  });

  it('by husky', async () => {
    const framework = await withFrameworks();
    followRecipe(framework.project, '.husky/pre-commit');
    expect(await framework.run('husky')).toMatchObject(succeeds);
    await expectChecked(framework);
  });

  it('by pre-commit', async () => {
    const framework = await withFrameworks();
    followRecipe(framework.project, '.pre-commit-config.yaml');
    expect(await framework.run('pre-commit', 'install')).toMatchObject(succeeds);
    await expectChecked(framework);
  });

  it('by pre-commit, which installs makenix from its repository', async () => {
    const framework = await withFrameworks();
    const { project } = framework;
    const { root, rev } = await ownRepository();
    project.write(
      '.pre-commit-config.yaml',
      `repos: [{ repo: ${JSON.stringify(root)}, rev: ${rev}, hooks: [{ id: makenix-check }] }]\n`,
    );
    expect(await framework.run('pre-commit', 'install', '--install-hooks')).toMatchObject(succeeds);
    await expectChecked(framework);
  });
});

/** This repository as it is, as one commit: what is being tested may not be committed yet. */
async function ownRepository(): Promise<{ readonly root: string; readonly rev: string }> {
  const root = join(temporaryDirectory(), 'makenix');
  mkdirSync(root);
  const isMade = (path: string): boolean =>
    dirname(path) === repository
      ? ['.git', 'node_modules', 'dist'].includes(basename(path))
      : path.endsWith('/.makenix');
  cpSync(repository, root, { recursive: true, filter: (path) => !isMade(path) });
  const git = await repositoryAt(root);
  await git.commitAll('makenix');
  return { root, rev: (await git.git('rev-parse', 'HEAD')).trim() };
}
