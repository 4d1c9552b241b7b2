import { basename, resolve } from 'node:path';
import type { Failure } from '../model/failure.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { CommandRunner } from '../host/ports.ts';

/** Git, as one project sees it. */
export interface Git {
  /** Absolute path of the working tree's top. */
  readonly top: string;
  /** The project's directory below it: empty, or with a final `/`. */
  readonly prefix: string;
  /**
   * What is being committed: the index; all files (`commit -a`) or some (`commit PATH`), for which git makes an index that
   * a stopped commit takes back, and of which the last never becomes the usual one.
   */
  readonly committing: 'index' | 'all' | 'paths';
  /**
   * A git command in the project's directory, or in a submodule (`repository`, an absolute path). Resolves with what it
   * prints, each character of which is a byte where `binary` says so.
   */
  run(
    args: readonly string[],
    options?: { readonly input?: string; readonly binary?: boolean; readonly repository?: string },
  ): Promise<Result<string, Failure>>;
}

/**
 * Opens the repository that a directory is in. In a hook, git's own variables say which index is being committed
 * (`commit -a` and `commit PATH` have one of their own); they stay in force, but not for submodules.
 */
export async function openGit(commands: CommandRunner, directory: string): Promise<Result<Git, Failure>> {
  const [file] = commands.which('git');
  if (file === undefined) return fail({ kind: 'tool-missing', tool: 'git', neededBy: 'the check of what is staged' });
  const inherited: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(commands.environment()).map(fromAnywhere)),
    // What a partial clone lacks must not be fetched: a check is to work without a network, or to say that it cannot.
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C.UTF-8',
  };
  const ownVariable =
    /^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|OBJECT_DIRECTORY|COMMON_DIR|NAMESPACE|ALTERNATE_OBJECT_DIRECTORIES)$/;
  const elsewhere = Object.fromEntries(Object.entries(inherited).filter(([name]) => !ownVariable.test(name)));
  const run: Git['run'] = async (args, { input, binary = false, repository } = {}) => {
    const result = await commands.run({
      file,
      args,
      cwd: repository ?? directory,
      env: repository === undefined ? inherited : elsewhere,
      binary,
      ...(input === undefined ? {} : { input }),
    });
    if (result.exitCode === 0) return ok(result.stdout);
    return fail({ kind: 'git-failed', command: ['git', ...args].join(' '), output: result.stderr });
  };
  // The prefix is the end of the directory's path, wherever line breaks stand in the two.
  const told = await run(['rev-parse', '--show-toplevel', '--show-prefix']);
  if (!told.ok) return fail({ kind: 'not-a-repository', directory });
  const [, top = '', prefix = ''] = /^(.*)\n((?:.*\/)?)\n$/s.exec(told.value) ?? [];
  return ok({
    top,
    prefix,
    committing: committingOf(basename(inherited['GIT_INDEX_FILE'] ?? '')),
    run,
  });
}

/** By the names that git's builtin/commit.c gives to its indexes. */
const committingOf = (index: string): Git['committing'] =>
  index.startsWith('next-index-') ? 'paths' : index === 'index.lock' ? 'all' : 'index';

/** Git gives its hooks paths relative to where it starts them, and we call it from the project. */
const fromAnywhere = ([name, value]: readonly [string, string]): readonly [string, string] =>
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR)$/.test(name) && value !== ''
    ? [name, resolve(value)]
    : [name, value];
