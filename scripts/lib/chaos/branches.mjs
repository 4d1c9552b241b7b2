import { writeFileSync } from 'node:fs';
import { printConfig } from './configs.mjs';
import { isHeader, isSource } from './workplace.mjs';

/** @typedef {import('./workplace.mjs').Workplace} Workplace */
/** @typedef {import('./workplace.mjs').EditKind} EditKind */

const branches = 4;

/**
 * Makes a repository of the tree, with branches that differ from one another in many files.
 *
 * @param {Workplace} place
 * @param {() => Promise<unknown>} edit
 */
export async function makeBranches({ at, git, project, code, directories }, edit) {
  writeFileSync(at('makenix.json'), printConfig(project.config));
  git('init', '-q', '-b', 'branch0');
  git('config', 'gc.auto', '0');
  writeFileSync(at('.git/info/exclude'), '/.makenix\n/derivation.nix\n/result\n/result-*\n');
  git('add', '-A');
  git('commit', '-q', '-m', 'as it is');
  for (let branch = 1; branch < branches; branch++) {
    git('checkout', '-q', '-b', `branch${branch}`, 'branch0');
    for (let edits = 0; edits < 30; edits++) await edit();
    if (directories().includes('notes')) {
      for (let note = 0; note < 220; note++) writeFileSync(at(`notes/n${note}.txt`), `${note} of branch ${branch}\n`);
    }
    git('add', '-A');
    git('commit', '-q', '-m', `${code().length} files`);
  }
  git('checkout', '-q', 'branch0');
}

/**
 * @param {Workplace} place
 * @returns {readonly EditKind[]}
 */
export function branchEdits({ git, random }) {
  return [
    {
      weight: 3,
      edit: () => {
        const branch = `branch${random.below(branches)}`;
        const isClean = random.chance(0.7);
        // Before and not after it where something in the way of a file would keep git from switching.
        if (isClean && random.chance(0.5)) git('clean', '-fdq');
        try {
          git('checkout', '-q', '-f', branch);
        } catch {
          git('clean', '-fdq');
          git('checkout', '-q', '-f', branch);
        }
        if (isClean) git('clean', '-fdq');
        return `on ${branch}${isClean ? ', and nothing else' : ''}`;
      },
    },
    {
      weight: 4,
      edit: () => {
        const differing = git('diff', '--name-only', '-z', 'HEAD').split('\0');
        const path = random.pick(
          differing.filter((each) => isSource(each) || isHeader(each) || each === 'makenix.json'),
        );
        if (path === undefined) return undefined;
        git('checkout', '-q', 'HEAD', '--', path);
        return `as it was: ${path}`;
      },
    },
  ];
}

/**
 * Takes back all that was done on the branch.
 *
 * @param {Workplace} place
 */
export function mend({ git }) {
  git('checkout', '-q', '-f', 'HEAD');
  git('clean', '-fdq');
  return 'all as it was';
}
