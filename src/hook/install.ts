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

/** Where git looks for hooks: `core.hooksPath`, or the directory that all working trees of a repository share. */
export async function hooksDirectory(git: Git): Promise<Result<string, Failure>> {
  const configured = await git.run(['config', '--type=path', '--default', '', '--get', 'core.hooksPath']);
  if (!configured.ok) return configured;
  const path = configured.value.replace(/\n$/, '');
  // Relative to where hooks are started, which is the top.
  if (path !== '') return ok(resolve(git.top, path));
  const common = await git.run(['rev-parse', '--path-format=absolute', '--git-common-dir']);
  return common.ok ? ok(`${common.value.replace(/\n$/, '')}/hooks`) : common;
}

/** The directory of git's project, as a hook knows it. */
const directoryOf = ({ prefix }: Git): string => (prefix === '' ? '.' : prefix.replace(/\/$/, ''));

/**
 * Installs the hook for git's project, or changes how it is looked after. A hook that is there already is kept and runs
 * first. `hooks` is rooted at the hooks' directory.
 */
export function installHook(
  git: Git,
  hooks: ProjectFiles,
  mode: HookedProject['mode'],
  program: Program,
): Result<void, Failure> {
  const existing = hooks.read(hook)?.toString('utf8');
  const known = existing === undefined ? [] : projectsOf(existing);
  if (known === undefined) {
    if (hooks.exists(before)) {
      const problem = `is not of makenix, and ${chainedHook} is there too`;
      return fail({ kind: 'hook-foreign', path: `${hooks.root}/${hook}`, problem });
    }
    hooks.rename(hook, before);
  }
  const directory = directoryOf(git);
  const others = (known ?? []).filter((project) => project.directory !== directory);
  const projects = [...others, { directory, mode }].sort((a, b) => bytewise(a.directory, b.directory));
  hooks.write(hook, printHook(projects, program), { executable: true });
  return ok(undefined);
}

/** Takes git's project out of the hook, and with the last one the hook away; what was there before is put back. */
export function uninstallHook(git: Git, hooks: ProjectFiles, program: Program): Result<'removed' | 'none', Failure> {
  const existing = hooks.read(hook)?.toString('utf8');
  if (existing === undefined) return ok('none');
  const known = projectsOf(existing);
  if (known === undefined) {
    // Another tool has put its own in the place of ours, which may call the chained one: nothing to be sure of.
    if (!hooks.exists(before)) return ok('none');
    return fail({
      kind: 'hook-foreign',
      path: `${hooks.root}/${hook}`,
      problem: 'is not the hook that makenix has made',
    });
  }
  const directory = directoryOf(git);
  const others = known.filter((project) => project.directory !== directory);
  if (others.length === known.length) return ok('none');
  if (others.length > 0) hooks.write(hook, printHook(others, program), { executable: true });
  else if (hooks.exists(before)) hooks.rename(before, hook);
  else hooks.remove(hook);
  return ok('removed');
}
