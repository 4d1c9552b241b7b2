import type { GitFailure } from '../model/failure.ts';
import { errorText } from './error-text.ts';

/** What keeps the index from being told, or changed, in words; see `describeFailure`. */
export function describeGitFailure(failure: GitFailure): string {
  switch (failure.kind) {
    case 'not-a-repository':
      return errorText({
        what: `${failure.directory} is in no git repository`,
        hint: 'git init makes one; without --staged, makenix generate looks at the files as they are',
      });
    case 'git-failed':
      return errorText({
        what: 'git failed',
        output: failure.output,
        who: `the command was: ${failure.command}`,
      });
    case 'index-unmerged':
      return errorText({
        what: `there are conflicts to resolve first: ${failure.paths.join(', ')}`,
        hint: 'resolve them, and stage the result with git add',
      });
    case 'partly-staged':
      return errorText({
        what: `${failure.path} has changes that are not staged`,
        hint: `stage them (git add ${failure.path}) or drop them (git restore ${failure.path})`,
      });
    case 'partial-commit':
      return errorText({
        what: `${failure.path} cannot be staged while a commit of named files is made`,
        hint: 'run makenix generate --staged --fix first, and commit what is staged',
      });
    case 'hook-foreign':
      return errorText({
        what: `${failure.path} ${failure.problem}`,
        hint: 'move it out of the way, or call makenix generate --check --staged from it yourself',
      });
  }
}
