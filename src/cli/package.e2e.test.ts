import { join } from 'node:path';
import { expect, it } from 'vitest';
import { execute, run } from '../testing/execute.ts';
import { pathWithoutNix } from '../testing/nix.ts';
import { copyFixture, repository } from '../testing/project.ts';
import { storeParent, temporaryDirectory } from '../testing/temporary.ts';

it('works where it is installed from its package, and says what it misses', async () => {
  const directory = temporaryDirectory();
  // Without its script that compiles: other tests are running what that would write.
  const pack = ['pack', '--ignore-scripts', '--pack-destination', directory];
  const archive = (await run('npm', pack, repository)).trim().split('\n').at(-1) ?? '';
  const project = copyFixture('hello');
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', join(directory, archive)];
  await run('npm', install, project.root);

  const env = { NIX_PATH: '', XDG_CACHE_HOME: temporaryDirectory(storeParent()) };
  const built = await execute('npx', ['makenix', 'build', '--store', 'private'], project.root, env);
  expect({ ...built, stderr: '' }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(await project.run('result/bin/main')).toBe('Hello, World!\n');

  const withoutNix = { ...env, PATH: pathWithoutNix() };
  const missed = await execute('npx', ['makenix', 'build', '--store', 'private'], project.root, withoutNix);
  expect(missed.exitCode).toBe(2);
  expect(missed.stderr).toMatch(/^error: nix is not on the PATH$/m);
  expect(missed.stderr).toMatch(/^ {2}hint: to get Nix, /m);
});

it('packs what is needed to run it, and neither tests nor sources', async () => {
  const listed = await run('npm', ['pack', '--ignore-scripts', '--dry-run', '--json'], repository);
  const [{ files }] = JSON.parse(listed) as [{ files: readonly { readonly path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      ...['bin/makenix.js', 'dist/program/main.js', 'dist/dynamic/nix/makenix.cjs', 'dist/dynamic/nix/default.nix'],
      ...['schema/makenix.schema.json', 'LICENSE'],
    ]),
  );
  expect(
    paths.filter((path) => /\.test\.|^(src|dist\/(?!program|dynamic\/nix)[^/]+|fixtures|scripts)\//.test(path)),
  ).toEqual([]);
});
