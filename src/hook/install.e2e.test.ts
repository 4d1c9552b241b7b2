import { chmodSync, readFileSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateWithoutNix, repositoryAt, type Repository } from '../testing/git.ts';
import { makenix } from '../testing/makenix.ts';
import { findProgram, pathWithoutNix } from '../testing/nix.ts';
import { copyFixture, projectOf, type TestProject } from '../testing/project.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { printHook } from './hook-script.ts';

const hook = (root: string, ...args: readonly string[]) =>
  makenix(['hook', ...args, '-C', root], { env: { GIT_CONFIG_GLOBAL: '/dev/null', PATH: pathWithoutNix() } });

interface Hooked extends Repository {
  readonly project: TestProject;
  /** `git commit -a`, with its exit code and what it prints. */
  commit(
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly exitCode: number | null; readonly stderr: string }>;
  /** Stages an include that the expression does not have. */
  makeStale(): Promise<void>;
}

/** fixtures/hello, committed and true; without a hook yet. */
async function committed(): Promise<Hooked> {
  const project = copyFixture('hello');
  const git = await repositoryAt(project.root);
  await generateWithoutNix(project, []);
  await git.commitAll('first');
  return {
    ...git,
    project,
    commit: (env) =>
      git.tryGit(['commit', '--quiet', '--all', '--message', 'next'], { PATH: pathWithoutNix(), ...env }),
    async makeStale() {
      project.edit('src/hello.c', '#include "hello.h"\n', '#include "hello.h"\n#include "world.h"\n');
      await git.git('add', 'src/hello.c');
    },
  };
}

describe('makenix hook install', () => {
  it('stops a commit that would be stale, and lets one pass that is not', async () => {
    const { project, commit, makeStale, tryGit } = await committed();
    const installed = await hook(project.root, 'install');
    expect(installed).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^installed .*\/pre-commit: /) as string,
    });
    await makeStale();
    const stopped = await commit();
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toContain('derivation.nix, as staged, is stale: run `makenix generate`');
    expect(stopped.stderr).toContain('src/hello.o: + src/world.h');
    await generateWithoutNix(project, []);
    expect(await commit()).toMatchObject({ exitCode: 0 });
    project.append('src/hello.c', '#include "main.h"\n');
    expect((await tryGit(['commit', '--quiet', '--all', '--no-verify', '--message', 'anyway'])).exitCode).toBe(0);
  });

  it('brings the expression along where it is told to', async () => {
    const { project, commit, makeStale, git } = await committed();
    await hook(project.root, 'install', '--fix');
    await makeStale();
    expect(await commit()).toMatchObject({ exitCode: 0 });
    expect(await git('show', '--name-only', '--format=', 'HEAD')).toBe('derivation.nix\nsrc/hello.c\n');
    expect(await git('status', '--porcelain')).toBe('');
  });

  it('finds makenix where the PATH does not have it', async () => {
    const { project, commit, makeStale } = await committed();
    await hook(project.root, 'install');
    await makeStale();
    const { exitCode, stderr } = await commit({ PATH: barePath });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('is stale');
  });

  it('says what to do where there is no makenix any more', async () => {
    const { project, commit, makeStale } = await committed();
    await hook(project.root, 'install');
    const file = project.path('.git/hooks/pre-commit');
    project.write('.git/hooks/pre-commit', readFileSync(file, 'utf8').replaceAll('makenix.js', 'gone.js'));
    await makeStale();
    const { exitCode, stderr } = await commit({ PATH: barePath });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(
      'hint: run `makenix hook install` again, or commit without a check: git commit --no-verify',
    );
  });

  it('runs the hook that was there, and puts it back at the end', async () => {
    const { project, commit } = await committed();
    const theirs = '#!/bin/sh\necho "theirs $#" >&2\ntest ! -e stop\n';
    project.write('.git/hooks/pre-commit', theirs);
    chmodSync(project.path('.git/hooks/pre-commit'), 0o750);
    await hook(project.root, 'install');
    await hook(project.root, 'install');
    project.append('src/hello.c', 'int more;\n');
    project.write('stop', '');
    expect(await commit()).toMatchObject({ exitCode: 1, stderr: 'theirs 0\n' });
    project.remove('stop');
    const passed = await commit();
    expect(passed.exitCode).toBe(0);
    expect(passed.stderr).toContain('theirs 0\n');

    expect((await hook(project.root, 'uninstall')).exitCode).toBe(0);
    expect(project.read('.git/hooks/pre-commit')).toBe(theirs);
    expect(statSync(project.path('.git/hooks/pre-commit')).mode & 0o777).toBe(0o750);
    expect(project.exists('.git/hooks/pre-commit.before-makenix')).toBe(false);
    expect(await hook(project.root, 'uninstall')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^nothing of makenix in /) as string,
    });
  });

  it('leaves a hook alone that has taken the place of its own', async () => {
    const { project } = await committed();
    project.write('.git/hooks/pre-commit', 'before\n');
    await hook(project.root, 'install');
    project.write('.git/hooks/pre-commit', 'of another tool\n');
    const { exitCode, stderr } = await hook(project.root, 'uninstall');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is not the hook that makenix has made');
    expect(project.read('.git/hooks/pre-commit')).toBe('of another tool\n');
    expect((await hook(project.root, 'install')).exitCode).toBe(2);
    expect(project.read('.git/hooks/pre-commit.before-makenix')).toBe('before\n');
  });

  it.each(['relative', 'absolute'])('goes where core.hooksPath says, %s', async (kind) => {
    const { project, git, commit, makeStale } = await committed();
    const path = kind === 'relative' ? 'my hooks' : join(temporaryDirectory(), 'my hooks');
    await git('config', 'core.hooksPath', path);
    await hook(project.path('src'), 'uninstall');
    await hook(project.root, 'install');
    expect(project.exists('.git/hooks/pre-commit')).toBe(false);
    await makeStale();
    expect(await commit()).toMatchObject({ exitCode: 1 });
  });

  it('works in a linked working tree', async () => {
    const { git } = await committed();
    const root = join(temporaryDirectory(), 'hello');
    await git('worktree', 'add', '--quiet', root, '-b', 'other');
    expect((await hook(root, 'install')).exitCode).toBe(0);
    const there = await repositoryAt(root);
    await there.git('rm', '--quiet', '--cached', 'src/world.c');
    expect(await there.tryGit(['commit', '--quiet', '--message', 'next'])).toMatchObject({ exitCode: 1 });
  });

  it('looks after several projects of one repository', async () => {
    const top = projectOf({
      'one \'quoted\' "$x"/src/main.c': 'int main(void) { return 0; }\n',
      'two/src/main.c': 'int main(void) { return 0; }\n',
    });
    const git = await repositoryAt(top.root);
    const roots = [top.path('one \'quoted\' "$x"'), top.path('two')] as const;
    for (const root of roots) {
      await generateWithoutNix({ root }, []);
      expect((await hook(root, 'install')).exitCode).toBe(0);
    }
    await git.commitAll('first');
    const stale = async (path: string) => {
      top.write(path, 'int more;\n');
      await git.git('add', path);
      const ended = await git.tryGit(['commit', '--quiet', '--message', 'next']);
      await git.git('rm', '--quiet', '--force', path);
      return ended;
    };
    const first = await stale('one \'quoted\' "$x"/src/more.c');
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toContain('+ src/more.o');
    expect((await stale('two/src/more.c')).exitCode).toBe(1);
    await hook(roots[0], 'uninstall');
    expect((await stale('one \'quoted\' "$x"/src/more.c')).exitCode).toBe(0);
    expect((await stale('two/src/more.c')).exitCode).toBe(1);
  });

  it('does not look at commits that are replayed, and does at a merge that is concluded by hand', async () => {
    const { project, git, tryGit, commit, commitAll } = await committed();
    await git('checkout', '--quiet', '-b', 'stale');
    project.edit('src/world.c', '#include "world.h"\n', '#include "world.h"\n#include "hello.h"\n');
    await commitAll('stale');
    await git('checkout', '--quiet', 'main');
    project.edit('src/world.c', '#include "world.h"\n', '#include "world.h"\n#include "main.h"\n');
    project.write('src/main.h', '\n');
    await generateWithoutNix(project, []);
    await commitAll('true');
    await hook(project.root, 'install');

    await git('checkout', '--quiet', 'stale');
    expect((await tryGit(['rebase', '--quiet', 'main'])).exitCode).toBe(1);
    project.write('src/world.c', '#include "world.h"\n#include "hello.h"\n');
    await git('add', 'src/world.c');
    const replayed = await tryGit(['commit', '--quiet', '--message', 'by hand']);
    expect(replayed).toMatchObject({ exitCode: 0, stderr: 'makenix: not checked, since commits are being replayed\n' });
    await git('rebase', '--abort');

    await git('checkout', '--quiet', 'main');
    expect((await tryGit(['merge', '--quiet', 'stale'])).exitCode).toBe(1);
    project.write('src/world.c', '#include "world.h"\n#include "hello.h"\n');
    await git('add', 'src/world.c');
    const merged = await commit();
    expect(merged.exitCode).toBe(1);
    expect(merged.stderr).toContain('src/world.o: + src/hello.h, - src/main.h');
  });

  it("goes by the project's own makenix first, and then by the one on the PATH", async () => {
    const { project, commit } = await committed();
    await hook(project.root, 'install');
    project.append('src/hello.c', 'int more;\n');
    const own = 'node_modules/.bin/makenix';
    project.write(own, '#!/bin/sh\necho "own: $*" >&2\nexit 2\n');
    chmodSync(project.path(own), 0o755);
    const onPath = projectOf({ makenix: '#!/usr/bin/env node\nprocess.exitCode = 3;\n' });
    chmodSync(onPath.path('makenix'), 0o755);
    const env = { PATH: `${onPath.root}:${pathWithoutNode()}` };
    expect(await commit(env)).toMatchObject({ exitCode: 1, stderr: 'own: generate --staged --check -C .\n' });
    project.remove('node_modules');
    // Which needs Node, and that is on no such PATH.
    expect(await commit(env)).toMatchObject({ exitCode: 1, stderr: '' });
    onPath.write('makenix', '#!/no/such/node\n');
    expect((await commit(env)).stderr).toContain('error: the pre-commit hook does not find makenix, or not its Node\n');
    onPath.remove('makenix');
    expect(await commit(env)).toMatchObject({ exitCode: 0, stderr: 'derivation.nix, as staged, is up to date\n' });
  });

  it('was installed by a makenix in a directory of any name', async () => {
    const { project, commit } = await committed();
    const name = `it's "$HOME" \`odd\` \\ *\n`;
    const programs = projectOf({
      [`${name}.js`]: 'console.error(process.argv.slice(2).join(" ")); process.exitCode = 1;\n',
    });
    symlinkSync(process.execPath, programs.path(name));
    const program = { node: programs.path(name), script: programs.path(`${name}.js`) };
    project.write('.git/hooks/pre-commit', printHook([{ directory: '.', mode: 'fix' }], program));
    chmodSync(project.path('.git/hooks/pre-commit'), 0o755);
    project.append('src/hello.c', 'int more;\n');
    expect(await commit({ PATH: pathWithoutNode() })).toMatchObject({
      exitCode: 1,
      stderr: 'generate --staged --fix -C .\n',
    });
  });

  it('stops a commit that it cannot tell about', async () => {
    const { project, commit } = await committed();
    await hook(project.root, 'install');
    project.write('makenix.json', '{');
    const { exitCode, stderr } = await commit();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error: makenix.json:1:2: ');
  });

  it('keeps a hook that is a link, and one that leads nowhere', async () => {
    const { project } = await committed();
    const file = project.path('.git/hooks/pre-commit');
    symlinkSync('../../no/such/hook', file);
    await hook(project.root, 'install');
    expect(project.read('.git/hooks/pre-commit')).toContain('makenix');
    await hook(project.root, 'uninstall');
    expect(readlinkSync(file)).toBe('../../no/such/hook');
  });

  it('touches no hook of its own that somebody has edited, nor one that another tool has moved', async () => {
    const { project } = await committed();
    const file = '.git/hooks/pre-commit';
    await hook(project.root, 'install');
    project.append(file, 'echo mine\n');
    for (const action of ['install', 'uninstall']) {
      const { exitCode, stderr } = await hook(project.root, action);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^error: .*\/pre-commit has been edited since makenix wrote it$/m);
    }
    expect(project.read(file)).toContain('echo mine\n');
    project.rename(file, `${file}.legacy`);
    project.write(file, 'of another tool\n');
    for (const action of ['install', 'uninstall']) {
      const { exitCode, stderr } = await hook(project.root, action);
      expect(exitCode).toBe(2);
      expect(stderr).toContain("has moved makenix's hook to pre-commit.legacy");
    }
    expect(project.read(file)).toBe('of another tool\n');
  });

  it.each([
    ['.husky/_', "is husky's, which runs .husky/pre-commit"],
    ['/dev/null', 'cannot be written to: '],
  ])('is refused where core.hooksPath is %s', async (path, problem) => {
    const { project, git } = await committed();
    await git('config', 'core.hooksPath', path);
    const { exitCode, stderr } = await hook(project.root, 'install');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(problem);
    expect(stderr).toContain(
      'hint: move it out of the way, or call makenix generate --check --staged from it yourself',
    );
  });

  it('checks its own repository only, where others have the same hooks', async () => {
    const hooks = temporaryDirectory();
    const [first, second] = [await committed(), await committed()];
    for (const { git } of [first, second]) await git('config', 'core.hooksPath', hooks);
    await hook(first.project.root, 'install');
    for (const { makeStale } of [first, second]) await makeStale();
    expect((await first.commit()).exitCode).toBe(1);
    expect((await second.commit()).exitCode).toBe(0);
    await hook(second.project.root, 'uninstall');
    expect((await first.commit()).exitCode).toBe(1);
  });

  it('has nothing to say on a branch without the project', async () => {
    const top = projectOf({ "it's $(x)/src/main.c": 'int main(void) { return 0; }\n', README: 'top\n' });
    const git = await repositoryAt(top.root);
    await git.git('add', 'README');
    await git.git('commit', '--quiet', '--message', 'first');
    await hook(top.path("it's $(x)"), 'install');
    await git.git('add', '--all');
    const stopped = await git.tryGit(['commit', '--quiet', '--message', 'second']);
    expect(stopped).toMatchObject({ exitCode: 1 });
    expect(stopped.stderr).toContain('derivation.nix, as staged, is missing');
    await git.git('reset', '--quiet');
    top.rename("it's $(x)", '../elsewhere');
    top.append('README', 'more\n');
    const passed = await git.tryGit(['commit', '--quiet', '--all', '--message', 'second']);
    expect(passed).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it.each(['cherry-pick', 'revert'])('does not look at a %s', async (command) => {
    const { project, git, tryGit, commitAll } = await committed();
    project.edit('src/hello.c', 'Hello', 'Other');
    await commitAll('other');
    project.edit('src/hello.c', 'Other', 'Third');
    await commitAll('third');
    await hook(project.root, 'install');
    // Of what is two commits back, so that it ends in a conflict.
    const commit = command === 'revert' ? 'HEAD~1' : 'HEAD';
    if (command === 'cherry-pick') await git('checkout', '--quiet', 'HEAD~2');
    expect((await tryGit([command, commit])).exitCode).toBe(1);
    project.write('src/hello.c', '#include "hello.h"\n#include "world.h"\nvoid hello(void) {}\n');
    await git('add', 'src/hello.c');
    const concluded = await tryGit([command, '--continue']);
    expect(concluded.stderr).toContain('makenix: not checked, since commits are being replayed\n');
    expect(concluded.exitCode).toBe(0);
  });

  it('is refused outside of a repository', async () => {
    const { exitCode, stderr } = await hook(copyFixture('hello').root, 'install');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: .* is in no git repository$/m);
  });
});

/** As a graphical client's may be. */
const barePath = '/usr/bin:/bin';

/** A PATH with git and a compiler and without Node, as a client with windows may have it. */
function pathWithoutNode(): string {
  const { root } = projectOf({});
  for (const name of ['git', 'gcc', 'cc']) symlinkSync(findProgram(name), join(root, name));
  return root;
}
