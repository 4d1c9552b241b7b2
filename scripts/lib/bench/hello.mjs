import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../prepare.mjs';
import { compileOf, outputDirectory } from './project.mjs';

/**
 * As much of fixtures/hello/makenix.json as is read here.
 *
 * @typedef {object} HelloConfig
 * @property {{ main: { cflags: readonly string[] } }} targets
 */

/**
 * fixtures/hello: three units, nearly nothing but what each step costs by itself.
 *
 * @returns {import('./project.mjs').Project}
 */
export function helloProject() {
  const directory = join(repository, 'fixtures/hello');
  const { targets } = /** @type {HelloConfig} */ (JSON.parse(readFileSync(join(directory, 'makenix.json'), 'utf8')));
  return {
    name: 'hello',
    title: 'fixtures/hello, 3 units',
    target: 'main',
    leaf: 'src/hello.c',
    write: (tree) => {
      for (const name of ['src', 'makenix.json']) cpSync(join(directory, name), join(tree, name), { recursive: true });
    },
    recipe: () => {
      const compiles = ['src/hello.c', 'src/main.c', 'src/world.c'].map(compileOf);
      const inputs = compiles.map(({ object }) => object);
      const link = { file: `${outputDirectory}/main`, flags: [], inputs, libraries: [] };
      return { cflags: targets.main.cflags, compiles, archives: [], link };
    },
  };
}
