import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Makes what dynamic mode puts into a project: the generator, all of it in one file that needs Node and nothing else,
 * and the library in the Nix language beside it.
 *
 * CommonJS, since Node starts it sooner; each stage's own modules are evaluated only when it runs.
 *
 * @param {string} repository
 */
export async function bundleDynamic(repository) {
  // Not above: this file is read before packages are installed.
  const { build } = await import('esbuild');
  const directory = join(repository, 'dist/dynamic/nix');
  rmSync(directory, { recursive: true, force: true });
  cpSync(join(repository, 'src/dynamic/nix'), directory, { recursive: true });
  await build({
    entryPoints: [join(repository, 'src/dynamic/generator.ts')],
    outfile: join(directory, 'makenix.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    // The builds for `require` of some packages hide their own parts from a bundler.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'error',
    absWorkingDir: repository,
  });
  const { stepsExpression } = /** @type {typeof import('../../src/dynamic/steps-expression.ts')} */ (
    await import(pathToFileURL(join(repository, 'dist/dynamic/steps-expression.js')).href)
  );
  writeFileSync(join(directory, 'steps.nix'), stepsExpression());
}
