import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Makes what dynamic mode puts into a project: the generator, all of it in one file that needs Node and nothing else,
 * and the library in the Nix language beside it.
 *
 * CommonJS, since Node starts it sooner; each stage's own modules are evaluated only when it runs. Names are kept
 * legible but for blanks: the file gets committed, and somebody may want to read it.
 *
 * @param {string} repository
 */
export async function bundleDynamic(repository) {
  const directory = join(repository, 'dist/dynamic/nix');
  mkdirSync(directory, { recursive: true });
  await build({
    entryPoints: [join(repository, 'src/dynamic/generator.ts')],
    outfile: join(directory, 'makenix.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    // The builds for `require` of some packages hide their own parts from a bundler.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'error',
    absWorkingDir: repository,
  });
  const library = /** @type {{ dynamicLibrary: () => string }} */ (
    await import(join(repository, 'dist/dynamic/library.js'))
  );
  writeFileSync(join(directory, 'default.nix'), library.dynamicLibrary());
}
