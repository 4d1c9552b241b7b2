import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/*
 * What Node loads as it starts, it loads sooner from one file than from two hundred: 0.14 s of each `makenix`. Packages
 * are bundled in the form for `import`, since those for `require` hide their own parts from bundlers.
 */

/**
 * @param {string} repository
 * @returns {import('esbuild').BuildOptions}
 */
const common = (repository) => ({
  bundle: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'eof',
  logLevel: 'error',
  absWorkingDir: repository,
});

/**
 * The command-line program, each command in a file of its own that is loaded when it is run.
 *
 * @param {string} repository
 */
export async function bundleProgram(repository) {
  // Not above: this file is read before packages are installed.
  const { build } = await import('esbuild');
  const directory = join(repository, 'dist/program');
  rmSync(directory, { recursive: true, force: true });
  await build({
    ...common(repository),
    entryPoints: [join(repository, 'src/cli/main.ts')],
    outdir: directory,
    format: 'esm',
    splitting: true,
    // Stacks in reports of bugs name our files and not chunks.
    keepNames: true,
    sourcemap: false,
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
}

/**
 * What dynamic mode puts into a project: the generator, all of it in one file that needs Node and nothing else, and the
 * library in the Nix language beside it. CommonJS, which Node starts sooner; each stage's own modules are evaluated only
 * when it runs.
 *
 * @param {string} repository
 */
export async function bundleDynamic(repository) {
  const { build } = await import('esbuild');
  const directory = join(repository, 'dist/dynamic/nix');
  rmSync(directory, { recursive: true, force: true });
  cpSync(join(repository, 'src/dynamic/nix'), directory, { recursive: true });
  await build({
    ...common(repository),
    entryPoints: [join(repository, 'src/dynamic/generator.ts')],
    outfile: join(directory, 'makenix.cjs'),
    format: 'cjs',
    banner: {
      js: '/* The generator of makenix, MIT license. Contains jsonc-parser, picomatch and valibot, which have it too. */',
    },
  });
  const { stepsExpression } = /** @type {typeof import('../../src/dynamic/steps-expression.ts')} */ (
    await import(pathToFileURL(join(repository, 'dist/dynamic/steps-expression.js')).href)
  );
  writeFileSync(join(directory, 'steps.nix'), stepsExpression());
}
