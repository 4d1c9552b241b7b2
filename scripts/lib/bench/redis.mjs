import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchSource } from '../debian-source.mjs';
import { checkCompiler, repository } from '../prepare.mjs';
import { configRecipe } from './config-recipe.mjs';

/** What src/mkreleasehdr.sh writes where there is no git, but for the machine and the time: so that it is always the same. */
const release = `#define REDIS_GIT_SHA1 "00000000"
#define REDIS_GIT_DIRTY "0"
#define REDIS_BUILD_ID "makenix"
#include "version.h"
#define REDIS_BUILD_ID_RAW REDIS_VERSION REDIS_BUILD_ID REDIS_GIT_DIRTY REDIS_GIT_SHA1
`;

/** As many as a week of somebody's work touches. */
const others = ['acl', 'bitops', 'db', 'expire', 'geo', 'multi', 'object', 'pubsub', 't_hash', 't_string'];

/**
 * Redis as in fixtures/redis, its server only: libraries that come with it, C and one unit of C++, malloc of the C library.
 *
 * @param {{ directory: string, signal: AbortSignal, say: (line: string) => void }} options the source is kept in `directory`
 * @returns {Promise<import('./project.mjs').Project>}
 */
export async function redisProject({ directory, signal, say }) {
  checkCompiler(['gcc', 'g++']);
  const { version } = await fetchSource({ name: 'redis', destination: directory, patches: false, signal, say });
  writeFileSync(join(directory, 'src/release.h'), release);
  const file = join(repository, 'fixtures/redis/makenix.json');
  const config = /** @type {import('./config-recipe.mjs').Config} */ (JSON.parse(readFileSync(file, 'utf8')));
  const recipe = (/** @type {string} */ tree) => configRecipe(config, 'redis-server', tree);
  return {
    name: 'redis',
    title: `Redis ${version}`,
    target: 'redis-server',
    units: recipe(directory).compiles.length,
    leaf: 'src/t_string.c',
    header: 'src/server.h',
    branch: [...others.map((name) => `src/${name}.c`), 'src/functions.h'],
    write: (tree) => {
      cpSync(directory, tree, { recursive: true });
      cpSync(file, join(tree, 'makenix.json'));
    },
    recipe,
  };
}
