import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../main.mjs';
import { withBuilders } from './contenders.mjs';
import { mustRunNothing } from './edits.mjs';
import { gitIn } from './git.mjs';
import { sameProgram } from './same-program.mjs';
import { now } from './stopwatch.mjs';

/** @typedef {import('./builder.mjs').Builder} Builder */

/**
 * From the start of `git checkout` of another branch to the program, and back: some sources and a header are otherwise
 * there, and everybody has built both branches before.
 *
 * @param {object} options
 * @param {readonly import('./contenders.mjs').BuilderName[]} options.by
 * @param {Pick<import('./scenario.mjs').Scenario, 'most' | 'isLong' | 'leftOut'>} [options.rest]
 * @returns {import('./scenario.mjs').Scenario}
 */
export const branchSwitch = ({ by, rest = {} }) => ({
  ...rest,
  name: 'branch-switch',
  title: 'switch of branch and back, mean of the two',
  run: (site, measured) =>
    withBuilders(site, by, async (builders) => {
      const compare = sameProgram();
      const contenders = [];
      for (const builder of builders) {
        const { branch } = site.project;
        const checkOut = await twoBranches(builder, branch, site.context);
        contenders.push({
          name: builder.name,
          round: async () => {
            const there = await checkOut('other');
            compare(builder, 'other');
            const back = await checkOut('main');
            compare(builder, 'main');
            for (const sample of [there, back]) mustRunNothing(builder, sample);
            return mean(there, back);
          },
        });
      }
      return measured(contenders);
    }),
});

/** What is not the project's. A pattern without a slash in front is for all directories. */
const excluded = ['/out/', '/.ninja_*', '/build.ninja', '/.makenix/', '/derivation.nix', '/result*'];

/**
 * Makes a repository of a builder's tree and has both branches built once.
 *
 * @param {Builder} builder with the tree as it came, and built
 * @param {readonly string[]} files that are otherwise on the branch `other`
 * @param {import('./context.mjs').Context} context
 */
async function twoBranches(builder, files, context) {
  const { tree } = builder;
  const git = gitIn(tree, context);
  await git('init', '--quiet', '--initial-branch', 'main');
  appendFileSync(join(tree, '.git/info/exclude'), `${excluded.join('\n')}\n`);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'main');
  await git('branch', 'other');

  const names = files.map((_, position) => difference(position).name);
  const isOf = {
    main: () => !names.some((name) => builder.program().includes(name)),
    other: () => names.every((name) => builder.program().includes(name)),
  };
  const checkOut = async (/** @type {'main' | 'other'} */ branch) => {
    let checkedOut = 0;
    const start = now();
    const save = async () => {
      await git('checkout', '--quiet', branch);
      checkedOut = now() - start;
    };
    const sample = await builder.afterSave({ save, files, isRight: isOf[branch] });
    if (!isOf[branch]()) throw new SetupError('failed', `${builder.name} did not make the program of ${branch}`);
    const ownShare = sample.parts?.['own share'];
    const parts = { 'git checkout': checkedOut, ...(ownShare !== undefined && { 'own share': ownShare }) };
    return { ...sample, parts };
  };

  await git('checkout', '--quiet', 'other');
  const save = () => {
    for (const [position, file] of files.entries()) appendFileSync(join(tree, file), difference(position).text);
  };
  await builder.afterSave({ save, files, isRight: isOf.other });
  await git('commit', '--quiet', '--all', '--message', 'other');
  await checkOut('main');
  return checkOut;
}

/**
 * What a file has besides on the other branch: something of its own in each object, at most once.
 *
 * @param {number} position
 */
function difference(position) {
  const name = `bench_branch_${position}_`;
  const text = `static const char ${name}[] __attribute__((used)) = "${name}";`;
  return { name, text: `\n#ifndef ${name}guard\n#define ${name}guard\n${text}\n#endif\n` };
}

/**
 * @param {import('./measure.mjs').Sample} there
 * @param {import('./measure.mjs').Sample} back
 * @returns {import('./measure.mjs').Sample}
 */
function mean(there, back) {
  const names = Object.keys({ ...there.parts, ...back.parts });
  const half = (/** @type {number | undefined} */ a, /** @type {number | undefined} */ b) =>
    a === undefined || b === undefined ? (a ?? b) : (a + b) / 2;
  const memory = Math.max(there.peakMemory ?? 0, back.peakMemory ?? 0);
  return {
    ms: (there.ms + back.ms) / 2,
    parts: Object.fromEntries(names.map((name) => [name, half(there.parts?.[name], back.parts?.[name])])),
    ...(memory > 0 && { peakMemory: memory }),
    ...(there.steps !== undefined && back.steps !== undefined && { steps: (there.steps + back.steps) / 2 }),
  };
}
