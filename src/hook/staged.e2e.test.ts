import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateWithoutNix, isolated, repositoryAt, type Repository } from '../testing/git.ts';
import { copyFixture, projectOf, repository, type TestProject } from '../testing/project.ts';
import { temporaryDirectory } from '../testing/temporary.ts';

interface Staged extends Repository {
  readonly project: TestProject;
  /** The exit code and text of `makenix generate --staged --check`. */
  check(env?: Readonly<Record<string, string>>): Promise<{ readonly exitCode: number | null; readonly stderr: string }>;
  fix(): Promise<{ readonly exitCode: number | null; readonly stderr: string }>;
  /** `derivation.nix` as the index has it. */
  staged(): Promise<string>;
}

/** fixtures/hello with an expression that is true, committed. */
async function committed(project = copyFixture('hello'), top = project.root): Promise<Staged> {
  const git = await repositoryAt(top);
  await generateWithoutNix(project, []);
  await git.commitAll('first');
  const output = join(project.root.slice(top.length + 1), 'derivation.nix');
  return {
    ...git,
    project,
    check: (env) => generateWithoutNix(project, ['--check', '--staged'], env),
    fix: () => generateWithoutNix(project, ['--staged', '--fix']),
    staged: () => git.git('show', `:${output}`),
  };
}

const withWorld = ['#include "hello.h"\n', '#include "hello.h"\n#include "world.h"\n'] as const;

describe('makenix generate --check --staged', () => {
  it('passes what is true', async () => {
    const { check } = await committed();
    expect(await check()).toMatchObject({ exitCode: 0, stderr: 'derivation.nix, as staged, is up to date\n' });
  });

  it('stops what is stale, and says what is and how to mend it', async () => {
    const { project, git, check } = await committed();
    project.edit('src/hello.c', ...withWorld);
    await git('add', 'src/hello.c');
    const { exitCode, stderr } = await check();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^derivation\.nix, as staged, is stale: run `makenix generate --staged --fix/);
    expect(stderr).toContain('\n  src/hello.o: + src/world.h\n');
  });

  it('shows the difference to who asks', async () => {
    const { project, git } = await committed();
    project.edit('src/hello.c', ...withWorld);
    await git('add', 'src/hello.c');
    const { stderr } = await generateWithoutNix(project, ['--check', '--staged', '--verbose']);
    expect(stderr).toContain('\n         "src/hello.h"\n+        "src/world.h"\n');
  });

  it('does not see an include that is not staged', async () => {
    const { project, check } = await committed();
    project.edit('src/hello.c', ...withWorld);
    expect(await check()).toMatchObject({ exitCode: 0 });
  });

  it('sees the staged half of a source, and not the other', async () => {
    const { project, git, check } = await committed();
    project.edit('src/hello.c', ...withWorld);
    await git('add', 'src/hello.c');
    project.edit('src/hello.c', withWorld[1], withWorld[0]);
    expect(await check()).toMatchObject({ exitCode: 1 });
  });

  it('sees the staged half of a header, and not the other', async () => {
    const { project, git, check } = await committed();
    project.edit('src/hello.h', '#endif', '#include "world.h"\n#endif');
    await git('add', 'src/hello.h');
    project.edit('src/hello.h', '#include "world.h"\n', '');
    const { exitCode, stderr } = await check();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('src/hello.o: + src/world.h');
    expect(stderr).not.toContain('src/main.o');
  });

  it('fails where the mended file is not staged', async () => {
    const { project, git, check } = await committed();
    project.edit('src/hello.c', ...withWorld);
    await git('add', 'src/hello.c');
    await generateWithoutNix(project, []);
    expect(await check()).toMatchObject({ exitCode: 1 });
    await git('add', 'derivation.nix');
    expect(await check()).toMatchObject({ exitCode: 0 });
  });

  it('passes a good index over a broken tree', async () => {
    const { project, check } = await committed();
    project.write('src/hello.c', '#include "nowhere.h"\n');
    project.remove('src/world.h');
    project.write('makenix.json', '{');
    project.write('derivation.nix', 'broken');
    project.write('src/untracked.c', 'int untracked;\n');
    expect(await check()).toMatchObject({ exitCode: 0 });
  });

  it('follows a staged deletion', async () => {
    const { git, check } = await committed();
    await git('rm', '--quiet', '--cached', 'src/world.c');
    const { exitCode, stderr } = await check();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('  - src/world.o\n');
    expect(stderr).toContain('  main: - src/world.o\n');
  });

  it('follows a staged rename', async () => {
    const { git, check } = await committed();
    await git('mv', 'src/world.c', 'src/earth.c');
    const { stderr } = await check();
    expect(stderr).toContain('  main: + src/earth.o, - src/world.o\n');
    expect(stderr).toContain('  + src/earth.o\n');
  });

  it('does not count what is only intended to be added', async () => {
    const { project, git, check } = await committed();
    project.write('src/later.c', 'int later;\n');
    await git('add', '--intent-to-add', 'src/later.c');
    expect(await check()).toMatchObject({ exitCode: 0 });
    await git('add', 'src/later.c');
    expect(await check()).toMatchObject({ exitCode: 1 });
  });

  it('reads a submodule at the commit that is staged', async () => {
    const library = projectOf({ 'include/library.h': '#define LIBRARY 1\n' }, 'library');
    const origin = await repositoryAt(library.root);
    await origin.commitAll('first');
    const { project, git, check, commitAll } = await committed();
    await git('submodule', '--quiet', 'add', library.root, 'library');
    project.edit(
      'src/hello.c',
      '#include "hello.h"\n',
      '#include "hello.h"\n#include "../library/include/library.h"\n',
    );
    await generateWithoutNix(project, []);
    expect(project.read('derivation.nix')).toContain('library/include/library.h');
    await commitAll('library');
    expect(await check()).toMatchObject({ exitCode: 0 });

    // A commit of the submodule in which that header includes another is staged; and not yet.
    const inside = await repositoryAt(project.path('library'));
    project.write('library/include/more.h', '#define MORE 1\n');
    project.append('library/include/library.h', '#include "more.h"\n');
    await inside.commitAll('more');
    expect(await check()).toMatchObject({ exitCode: 0 });
    await git('add', 'library');
    const { exitCode, stderr } = await check();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('src/hello.o: + library/include/more.h');
  });

  it('is not misled by a sparse checkout', async () => {
    const { project, git, check } = await committed(
      projectOf({
        'makenix.json': '{ "targets": { "main": { "sources": ["a/*.c", "b/*.c"] } } }',
        'a/a.c': '#include "../b/b.h"\nint main(void) { return B; }\n',
        'b/b.h': '#define B 0\n',
        'b/b.c': '#include "b.h"\nint b;\n',
      }),
    );
    await git('sparse-checkout', 'set', 'a');
    expect(project.exists('b')).toBe(false);
    expect(await check()).toMatchObject({ exitCode: 0 });
  });

  it('works in a linked worktree', async () => {
    const { git } = await committed();
    const root = join(temporaryDirectory(), 'hello');
    await git('worktree', 'add', '--quiet', root, '-b', 'other');
    const check = () => generateWithoutNix({ root }, ['--check', '--staged']);
    expect(await check()).toMatchObject({ exitCode: 0 });
    const there = await repositoryAt(root);
    await there.git('rm', '--quiet', '--cached', 'src/world.c');
    expect(await check()).toMatchObject({ exitCode: 1 });
  });

  it('works where the project is in a subdirectory', async () => {
    const top = projectOf({ README: 'top\n', "-two 'words'/src/main.c": 'int main(void) { return 0; }\n' });
    const root = top.path("-two 'words'");
    const project: TestProject = { ...top, root };
    const { git, check } = await committed(project, top.root);
    expect(await check()).toMatchObject({ exitCode: 0 });
    top.write("-two 'words'/src/more.c", 'int more;\n');
    await git('add', '--all');
    expect((await check()).stderr).toContain('+ src/more.o');
  });

  it('judges the index of the commit being made', async () => {
    const { project, git, tryGit } = await committed();
    project.write(
      '.git/hooks/pre-commit',
      `#!/bin/sh\nexec "${process.execPath}" "${join(repository, 'bin/makenix.js')}" generate --check --staged\n`,
    );
    chmodSync(project.path('.git/hooks/pre-commit'), 0o755);

    project.edit('src/hello.c', ...withWorld);
    // Not staged, and committed all the same.
    expect((await tryGit(['commit', '--quiet', '--all', '--message', 'all'])).exitCode).toBe(1);
    expect((await tryGit(['commit', '--quiet', '--message', 'named', 'src/hello.c'])).exitCode).toBe(1);
    await generateWithoutNix(project, []);
    expect((await tryGit(['commit', '--quiet', '--message', 'named', 'src/hello.c'])).exitCode).toBe(1);
    expect((await tryGit(['commit', '--quiet', '--all', '--message', 'all'])).exitCode).toBe(0);

    project.edit('src/world.c', '#include "world.h"\n', '#include "world.h"\n#include "hello.h"\n');
    await git('add', 'src/world.c');
    expect((await tryGit(['commit', '--quiet', '--amend', '--no-edit'])).exitCode).toBe(1);
    await generateWithoutNix(project, []);
    await git('add', 'derivation.nix');
    expect((await tryGit(['commit', '--quiet', '--amend', '--no-edit'])).exitCode).toBe(0);
  });

  it('tells of conflicts, and judges the merge that resolves them', async () => {
    const { project, git, tryGit, check, commitAll } = await committed();
    await git('checkout', '--quiet', '-b', 'other');
    project.edit('src/hello.c', 'Hello', 'Other');
    await commitAll('other');
    await git('checkout', '--quiet', 'main');
    project.edit('src/hello.c', 'Hello', 'Main');
    await commitAll('main');
    expect((await tryGit(['merge', '--quiet', 'other'])).exitCode).toBe(1);
    const conflict = await check();
    expect(conflict).toMatchObject({ exitCode: 2 });
    expect(conflict.stderr).toContain('error: there are conflicts to resolve first: src/hello.c\n');
    project.write('src/hello.c', '#include "hello.h"\n#include "world.h"\nvoid hello(void) {}\n');
    await git('add', 'src/hello.c');
    expect(await check()).toMatchObject({ exitCode: 1 });
    await generateWithoutNix(project, []);
    await git('add', 'derivation.nix');
    expect(await check()).toMatchObject({ exitCode: 0 });
  });

  it('cannot tell of a configuration that does not read, and names it', async () => {
    const { project, git, check } = await committed();
    project.write('makenix.json', '{');
    await git('add', 'makenix.json');
    const { exitCode, stderr } = await check();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error: makenix.json:1:2: ');
  });

  it('cannot tell outside of a repository', async () => {
    const { exitCode, stderr } = await generateWithoutNix(copyFixture('hello'), ['--check', '--staged']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: .* is in no git repository$/m);
  });

  it('takes a missing package for no reason to doubt what is true', async () => {
    const project = projectOf({
      'makenix.json': '{ "targets": { "main": { "sources": ["src/*.c"], "packages": ["no-such-package"] } } }',
      'src/main.c': '#include <no-such-package.h>\n#include "own.h"\nint main(void) { return OWN; }\n',
      'src/own.h': '#define OWN 0\n',
    });
    const git = await repositoryAt(project.root);
    // As somebody who has it would write it.
    const stub = projectOf({ ...Object.fromEntries(['src/own.h'].map((name) => [name, project.read(name)])) });
    stub.write('makenix.json', '{ "targets": { "main": { "sources": ["src/*.c"] } } }');
    stub.write('src/main.c', '#include "own.h"\nint main(void) { return OWN; }\n');
    await generateWithoutNix(stub, ['--toolchain', 'host']);
    const expression = stub.read('derivation.nix').replace('packages = [ ];', 'packages = [ pkgs.no-such-package ];');
    project.write('derivation.nix', expression.replace('packages = [ ];', 'packages = [ pkgs.no-such-package ];'));
    await git.commitAll('first');
    expect(await generateWithoutNix(project, ['--check', '--staged'])).toMatchObject({ exitCode: 0 });
    project.write('src/main.c', '#include <no-such-package.h>\nint main(void) { return 0; }\n');
    await git.git('add', '--all');
    expect(await generateWithoutNix(project, ['--check', '--staged'])).toMatchObject({ exitCode: 2 });
  });

  it('comes to the same without environment and network', async () => {
    const { project, git } = await committed();
    const program = [join(repository, 'bin/makenix.js'), 'generate', '--check', '--staged'];
    await isolated(process.execPath, program, project.root);
    await git('rm', '--quiet', '--cached', 'src/world.c');
    await expect(isolated(process.execPath, program, project.root)).rejects.toThrow('exit code 1');
  });

  it('is as good the second time, whatever has become of what it remembers', async () => {
    const { project, git, check } = await committed();
    await check();
    project.remove('.makenix/index/tree/src/hello.c');
    project.write('.makenix/index/tree/src/world.c', '#include "hello.h"\n');
    project.write('.makenix/index/tree/src/stray.c', 'int stray;\n');
    expect(await check()).toMatchObject({ exitCode: 0 });
    project.write('.makenix/index/index.json', 'torn');
    expect(await check()).toMatchObject({ exitCode: 0 });
    await git('rm', '--quiet', '--cached', 'src/world.c');
    expect(await check()).toMatchObject({ exitCode: 1 });
  });
});

describe('makenix generate --staged --fix', () => {
  it('stages what the index gives, and nothing else', async () => {
    const { project, git, check, fix, staged } = await committed();
    project.edit('src/hello.c', ...withWorld);
    await git('add', 'src/hello.c');
    project.append('src/hello.c', '#include "main.h"\n');
    project.write('src/untracked.c', 'int untracked;\n');
    expect(await fix()).toMatchObject({ exitCode: 0 });
    expect(await check()).toMatchObject({ exitCode: 0 });
    expect(await git('diff', '--cached', '--name-only')).toBe('derivation.nix\nsrc/hello.c\n');
    expect(project.read('derivation.nix')).toBe(await staged());
    expect(await fix()).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('up to date') as string });
  });

  it('adds the file where there was none', async () => {
    const project = copyFixture('hello');
    const git = await repositoryAt(project.root);
    await git.git('add', '--all');
    expect(await generateWithoutNix(project, ['--check', '--staged'])).toMatchObject({ exitCode: 1 });
    expect(await generateWithoutNix(project, ['--staged', '--fix'])).toMatchObject({ exitCode: 0 });
    expect(await generateWithoutNix(project, ['--check', '--staged'])).toMatchObject({ exitCode: 0 });
  });

  it('refuses where the generated file has changes of its own', async () => {
    const { project, git, fix, staged } = await committed();
    const before = await staged();
    project.edit('src/hello.c', ...withWorld);
    await git('add', 'src/hello.c');
    project.append('derivation.nix', '# mine\n');
    const { exitCode, stderr } = await fix();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error: derivation.nix has changes that are not staged\n');
    expect(await staged()).toBe(before);
    expect(project.read('derivation.nix')).toContain('# mine\n');
  });

  it('takes over what makenix generate has written and nobody staged', async () => {
    const { project, git, check, fix } = await committed();
    project.edit('src/hello.c', ...withWorld);
    await git('add', 'src/hello.c');
    await generateWithoutNix(project, []);
    expect(await fix()).toMatchObject({ exitCode: 0 });
    expect(await check()).toMatchObject({ exitCode: 0 });
  });

  it.each([
    [['--fix'], '--fix goes with --staged'],
    [['--staged'], '--staged goes with --check or --fix'],
    [['--staged', '--check', '--fix'], "option '--fix' cannot be used with option '--check'"],
  ])('is not taken for %s', async (args, message) => {
    const { exitCode, stderr } = await generateWithoutNix(copyFixture('hello'), args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('a merge', () => {
  it('of edits that have nothing to do with each other needs no hand', async () => {
    const { project, git, check, commitAll } = await committed();
    await git('checkout', '--quiet', '-b', 'other');
    project.write('src/zebra.c', 'int zebra;\n');
    project.edit('src/world.c', '#include "world.h"\n', '#include "world.h"\n#include "hello.h"\n');
    await generateWithoutNix(project, []);
    await commitAll('other');
    await git('checkout', '--quiet', 'main');
    project.write('src/ant.c', 'int ant;\n');
    project.edit('src/hello.c', ...withWorld);
    await generateWithoutNix(project, []);
    await commitAll('main');
    await git('merge', '--quiet', '--no-edit', 'other');
    expect(await check()).toMatchObject({ exitCode: 0 });
  });
});
