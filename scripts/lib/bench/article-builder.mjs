import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../main.mjs';
import { repository } from '../prepare.mjs';
import { plainNixBuild } from './nix-builder.mjs';
import { nixOptions } from './nix-options.mjs';
import { timed } from './stopwatch.mjs';

/**
 * fixtures/article: one build that scans everything, evaluates everything in its sandbox and has a derivation for its
 * output, which Nix then builds.
 *
 * @param {import('./project.mjs').Project} project with its sources in `src`, and no libraries
 * @param {string} directory of its own
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<import('./builder.mjs').Builder>}
 */
export async function articleBuilder(project, directory, context) {
  const tree = join(directory, 'tree');
  const store = join(directory, 'store');
  project.write(tree);
  const fixture = join(repository, 'fixtures/article');
  for (const name of ['default.nix', 'host.nix']) cpSync(join(fixture, name), join(tree, name));
  const generate = readFileSync(join(fixture, 'generate.sh'), 'utf8');
  writeFileSync(join(tree, 'generate.sh'), withFlags(generate, project.recipe(tree).compiles[0]?.cflags ?? []));

  const { nixPrefix, jobs } = context;
  const env = { ...context.env, NIX_PATH: '' };
  const features = ['dynamic-derivations', 'recursive-nix'];
  const options = [
    ...(await nixOptions({ store, jobs, features, visible: [nixPrefix] })),
    ...['--option', 'extra-system-features', 'recursive-nix'],
  ];
  const packages = ['--arg', 'pkgs', `import ${join(tree, 'host.nix')} { nix = "${nixPrefix}"; }`];
  await buildObjects({ tree, store, options, packages, directory: join(directory, 'objects') }, { ...context, env });
  const args = [...options, '-f', 'default.nix', ...packages, 'result'];
  return plainNixBuild({ name: "the article's way", tree, store, args, program: '' }, { ...context, env });
}

/**
 * The article's files know no flags. The project's, and makenix's own for where debugging information says it was
 * compiled, are written into the copy: so that the work is the same and the program too, byte for byte.
 *
 * @param {string} generate
 * @param {readonly string[]} cflags
 */
function withFlags(generate, cflags) {
  const compile = ' "-c" ';
  if (generate.split(compile).length !== 2) {
    throw new SetupError('failed', `fixtures/article/generate.sh does not have${compile}once`);
  }
  const flags = ['-ffile-prefix-map=/build=.', ...cflags].map((flag) => `"${flag}"`);
  return generate.replace(compile, () => ` ${flags.join(' ')}${compile}`);
}

/** As many as makenix has built at once, for the same reason. */
const groupSize = 8;

/**
 * Builds the objects, whose derivations are the same whoever evaluates the generated expression: in one `nix build`, as
 * the article has it, hundreds of goals that are ready cost seconds to minutes (30 s for 300, 700 s for 1,000), which is
 * no edit's time.
 *
 * @param {object} place
 * @param {string} place.tree
 * @param {string} place.store
 * @param {string} place.directory to work in
 * @param {readonly string[]} place.options
 * @param {readonly string[]} place.packages
 * @param {Pick<import('./context.mjs').Context, 'env' | 'signal'>} context
 */
async function buildObjects({ tree, store, options, packages, directory }, { env, signal }) {
  mkdirSync(directory);
  cpSync(join(tree, 'src'), join(directory, 'src'), { recursive: true });
  const run = async (/** @type {string} */ file, /** @type {readonly string[]} */ args) =>
    (await timed(file, args, { cwd: directory, env, signal })).stdout.trim();
  await run('/bin/sh', ['-euc', scan, join(tree, 'generate.sh')]);
  const link = await run('nix-instantiate', [...options, ...packages, 'derivation.nix']);
  const references = await run('nix-store', ['--store', store, '--query', '--references', link]);
  const objects = references.split('\n').filter((path) => path.endsWith('.o.drv'));
  for (let first = 0; first < objects.length; first += groupSize) {
    const group = objects.slice(first, first + groupSize).map((path) => `${path}^out`);
    await run('nix', ['build', ...options, '--no-link', ...group]);
  }
}

/** What the builder in default.nix does, as far as the expression. */
const scan = `
  find src -name '*.c' | LC_ALL=C sort > sources
  while read -r source; do
    gcc -MM -MT "\${source%.c}.o" "$source"
  done < sources > depfile
  /bin/sh -eu "$0" < depfile > derivation.nix
`;
