import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parseActivityLine } from '../nix/activity-log.ts';
import { execute, run, type Executed } from '../testing/execute.ts';
import { findProgram } from '../testing/nix.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';

// fixtures/article: the way of the article, which makenix's own dynamic mode is compared with.

if (process.env['MAKENIX_TEST_NIX'] === '2.26') {
  it('is more than this Nix can build in one go, and it says so', async () => {
    const { exitCode, stderr } = await nixBuild(copyFixture('article'));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Building dynamic derivations in one shot is not yet implemented');
  });
} else {
  it('builds what an edit changed, by derivations made during the build', async () => {
    const project = copyFixture('article');
    const first = await built(project);
    expect(first.derivations).toEqual(['hello.o', 'main.o', 'result', 'result.drv', 'world.o']);
    expect(await run(first.program, [], project.root)).toBe('Hello, World!\n');

    project.edit('src/hello.c', 'Hello, ', 'Goodbye, ');
    const second = await built(project);
    expect(second.derivations).toEqual(['hello.o', 'result', 'result.drv']);
    expect(await run(second.program, [], project.root)).toBe('Goodbye, World!\n');
  });
}

/** The program, and the names of the derivations that were built for it, sorted. */
async function built(project: TestProject): Promise<{ readonly program: string; readonly derivations: string[] }> {
  const { exitCode, stdout, stderr } = await nixBuild(project);
  if (exitCode !== 0) throw new Error(`nix build: exit code ${exitCode}\n${stderr}`);
  const derivations = stderr.split('\n').flatMap((line) => {
    const entry = parseActivityLine(line);
    return entry?.kind === 'build-started' ? [entry.drvPath.replace(/^.*\/[0-9a-z]{32}-(.*)\.drv$/, '$1')] : [];
  });
  return { program: join(project.store, stdout.trim()), derivations: derivations.sort() };
}

/** As fixtures/article/README.md says it for this machine's own toolchain. */
function nixBuild({ root, store }: TestProject): Promise<Executed> {
  const nix = findProgram('nix');
  const prefix = dirname(dirname(nix));
  const args = [
    ...['build', '-f', 'default.nix', 'result', '--arg', 'pkgs', `import ./host.nix { nix = "${prefix}"; }`],
    ...['--extra-experimental-features', 'nix-command ca-derivations dynamic-derivations recursive-nix'],
    ...['--option', 'extra-system-features', 'recursive-nix'],
    ...['--option', 'extra-sandbox-paths', `/usr /lib? /lib64? /etc/alternatives? ${prefix}`],
    ...['--store', store, '--option', 'substituters', '', '--option', 'build-users-group', ''],
    ...['--no-link', '--print-out-paths', '--log-format', 'internal-json'],
  ];
  return execute(nix, args, root, { NIX_PATH: '', NIX_CONFIG: '', NIX_REMOTE: '' });
}
