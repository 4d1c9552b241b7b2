import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../prepare.mjs';
import { configRecipe } from './config-recipe.mjs';

/**
 * fixtures/hello: three units, nearly nothing but what each step costs by itself.
 *
 * @returns {import('./project.mjs').Project}
 */
export function helloProject() {
  const directory = join(repository, 'fixtures/hello');
  const config = /** @type {import('./config-recipe.mjs').Config} */ (
    JSON.parse(readFileSync(join(directory, 'makenix.json'), 'utf8'))
  );
  const recipe = (/** @type {string} */ tree) => configRecipe(config, 'main', tree);
  return {
    name: 'hello',
    title: 'fixtures/hello, 3 units',
    target: 'main',
    units: recipe(directory).compiles.length,
    leaf: 'src/hello.c',
    header: 'src/hello.h',
    branch: ['src/hello.c', 'src/world.h'],
    write: (tree) => {
      for (const name of ['src', 'makenix.json']) cpSync(join(directory, name), join(tree, name), { recursive: true });
    },
    recipe,
  };
}
