import { resolve } from 'node:path';
import type { Failure } from '../model/failure.ts';
import { trustedProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { ProjectFiles } from '../host/ports.ts';
import type { Git } from './git.ts';
import { chainedHook, printHook, projectsOf, type HookedProject, type Program } from './hook-script.ts';

const hook = trustedProjectPath('pre-commit');
const before = trustedProjectPath(chainedHook);

export interface HookPlace {
  /** Where git looks for hooks, absolute. */
  readonly directory: string;
  /** Git's own directory, which all working trees of a repository share. */
  readonly repository: string;
}

/** Where git looks for hooks: `core.hooksPath`, or the directory that all working trees of a repository share. */
export async function findHooks(git: Git): Promise<Result<HookPlace, Failure>> {
  // Not `rev-parse --git-path`, which gives a relative `core.hooksPath` as it is and takes it from nowhere.
  const configured = await git.run(['config', '--type=path', '--default', '', '--get', 'core.hooksPath']);
  if (!configured.ok) return configured;
  const common = await git.run(['rev-parse', '--path-format=absolute', '--git-common-dir']);
  if (!common.ok) return common;
  const repository = withoutLineEnd(common.value);
  const path = withoutLineEnd(configured.value);
  // Relative to where hooks are started, which is the top.
  return ok({ repository, directory: path === '' ? `${repository}/hooks` : resolve(git.top, path) });
}

const withoutLineEnd = (text: string): string => text.replace(/\n$/, '');

/**
 * Installs the hook for git's project, or changes how it is looked after. A hook that is there already is kept and runs
 * first. `hooks` is rooted at the hooks' directory.
 */
export function installHook(
  git: Git,
  hooks: ProjectFiles,
  repository: string,
  mode: HookedProject['mode'],
  program: Program,
): Result<void, Failure> {
  const known = readHook(hooks);
  if (!known.ok) return known;
  if (known.value === 'foreign') {
    if (hooks.names(directoryItself).includes(before))
      return foreign(hooks, `is not of makenix, and ${chainedHook} is there too`);
    hooks.rename(hook, before);
  }
  const project: HookedProject = { ...projectOf(git, hooks, repository), mode };
  const projects = [...othersOf(known.value, project), project].sort((a, b) => bytewise(a.directory, b.directory));
  hooks.write(hook, printHook(projects, program), { executable: true });
  return ok(undefined);
}

/** Takes git's project out of the hook, and with the last one the hook away; what was there before is put back. */
export function uninstallHook(
  git: Git,
  hooks: ProjectFiles,
  repository: string,
  program: Program,
): Result<'removed' | 'none', Failure> {
  const known = readHook(hooks);
  if (!known.ok) return known;
  const isChained = hooks.names(directoryItself).includes(before);
  if (known.value === 'foreign') {
    // Another tool has put its own in the place of ours, which may call the chained one: nothing to be sure of.
    return isChained ? foreign(hooks, 'is not the hook that makenix has made') : ok('none');
  }
  const others = othersOf(known.value, projectOf(git, hooks, repository));
  // Where somebody has removed our hook, the one before is put back all the same.
  if (known.value === 'none' ? !isChained : others.length === known.value.length) return ok('none');
  if (others.length > 0) hooks.write(hook, printHook(others, program), { executable: true });
  else if (isChained) hooks.rename(before, hook);
  else hooks.remove(hook);
  return ok('removed');
}

const directoryItself = trustedProjectPath('');

type Known = readonly HookedProject[] | 'foreign' | 'none';

/** What the hook is. Fails where we had better leave everything as it is. */
function readHook(hooks: ProjectFiles): Result<Known, Failure> {
  // It finds its script by the name that it is started by, which is another one where it is chained.
  if (hooks.root.endsWith('/.husky/_')) return foreign(hooks, "is husky's, which runs .husky/pre-commit");
  const names = hooks.names(directoryItself);
  // A link that leads nowhere is there as well, and can be kept.
  if (!names.includes(hook)) return ok('none');
  const known = projectsAt(hooks, hook) ?? 'foreign';
  if (known === 'edited') return foreign(hooks, 'has been edited since makenix wrote it');
  // Such as pre-commit.legacy: whoever moved it may call it, and so would we.
  const moved = names.find(
    (name) => name.startsWith(`${hook}.`) && projectsAt(hooks, trustedProjectPath(name)) !== undefined,
  );
  return known === 'foreign' && moved !== undefined
    ? foreign(hooks, `is of another tool, which has moved makenix's hook to ${moved}`)
    : ok(known);
}

const projectsAt = (hooks: ProjectFiles, name: typeof hook): ReturnType<typeof projectsOf> =>
  projectsOf(hooks.read(name)?.toString('utf8') ?? '');

const foreign = (hooks: ProjectFiles, problem: string): Result<never, Failure> =>
  fail({ kind: 'hook-foreign', path: `${hooks.root}/${hook}`, problem });

/** Git's project, as a hook knows it. */
function projectOf({ prefix, top }: Git, { root }: ProjectFiles, repository: string): Omit<HookedProject, 'mode'> {
  const directory = prefix === '' ? '.' : prefix.replace(/\/$/, '');
  const isOwn = [top, repository].some((each) => root === each || root.startsWith(`${each}/`));
  return isOwn ? { directory } : { directory, repository };
}

const othersOf = (known: Known, project: Omit<HookedProject, 'mode'>): readonly HookedProject[] =>
  typeof known === 'string'
    ? []
    : known.filter((each) => each.directory !== project.directory || each.repository !== project.repository);
