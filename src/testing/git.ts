import { execute, run, type Executed } from './execute.ts';
import { makenix, type Ended } from './makenix.ts';
import { pathWithoutNix } from './nix.ts';
import type { TestProject } from './project.ts';

/** A repository of a test's own, of which nothing of the machine's configuration is known. */
export interface Repository {
  readonly root: string;
  /** `git ARGS`, which has no reason to fail; what it prints. */
  git(...args: readonly string[]): Promise<string>;
  /** The same where it may fail. */
  tryGit(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Executed>;
  /** `git add` of everything and `git commit`. */
  commitAll(message: string): Promise<void>;
}

const identity = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Somebody',
  GIT_AUTHOR_EMAIL: 'somebody@example.org',
  GIT_COMMITTER_NAME: 'Somebody',
  GIT_COMMITTER_EMAIL: 'somebody@example.org',
  GIT_EDITOR: 'true',
};

export async function repositoryAt(root: string): Promise<Repository> {
  const configuration = ['-c', 'init.defaultBranch=main', '-c', 'protocol.file.allow=always'];
  const repository: Repository = {
    root,
    tryGit: (args, env = {}) => execute('git', [...configuration, ...args], root, { ...identity, ...env }),
    async git(...args) {
      const ended = await repository.tryGit(args);
      if (ended.exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
      return ended.stdout;
    },
    async commitAll(message) {
      await repository.git('add', '--all');
      await repository.git('commit', '--quiet', '--no-verify', '--message', message);
    },
  };
  await repository.git('init', '--quiet');
  return repository;
}

/** `makenix generate ARGS` of a project, where there is no Nix. */
export const generateWithoutNix = (
  project: Pick<TestProject, 'root'>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  makenix(['generate', '-C', project.root, ...args], { env: { ...identity, PATH: pathWithoutNix(), ...env } });

/** In an environment of nothing but a PATH, and without a network where the kernel lets us leave it. */
export const isolated = (program: string, args: readonly string[], directory: string): Promise<string> =>
  run(
    'env',
    ['-i', `PATH=${pathWithoutNix()}`, 'unshare', '--user', '--map-root-user', '--net', program, ...args],
    directory,
  );
