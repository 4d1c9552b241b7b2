import type { Failure } from '../../model/failure.ts';
import { fail, type Result } from '../../model/result.ts';
import { createNodeCommands } from '../../host/node-commands.ts';
import { createNodeFiles } from '../../host/node-files.ts';
import { isDirectory, makeDirectory } from '../../host/node-machine.ts';
import { openGit } from '../../hook/git.ts';
import { findHooks, installHook, uninstallHook } from '../../hook/install.ts';
import { describeFailure } from '../../report/describe.ts';
import { printable } from '../../report/printable.ts';
import type { CommonOptions } from '../options.ts';
import { programFile } from '../package.ts';
import { noSuchDirectory } from '../usage.ts';

export interface HookOptions {
  readonly action: 'install' | 'uninstall';
  /** Instead of a check: stage what is missing. */
  readonly fix: boolean;
}

/** `makenix hook install [--fix]` and `makenix hook uninstall`: git's own pre-commit hook for the project. */
export async function hook({ directory }: CommonOptions, options: HookOptions): Promise<number> {
  if (!isDirectory(directory)) return noSuchDirectory(directory);
  const done = await change(directory, options);
  process.stderr.write(`${done.ok ? printable(done.value) : describeFailure(done.failure)}\n`);
  return done.ok ? 0 : 2;
}

/** What has been done, in words. */
async function change(directory: string, { action, fix }: HookOptions): Promise<Result<string, Failure>> {
  const git = await openGit(createNodeCommands(process.env), directory);
  if (!git.ok) return git;
  const found = await findHooks(git.value);
  if (!found.ok) return found;
  const { directory: place, repository } = found.value;
  const program = { node: process.execPath, script: programFile() };
  try {
    // `core.hooksPath=/dev/null` is how hooks are switched off.
    makeDirectory(place);
    const hooks = createNodeFiles(place);
    if (action === 'install') {
      const installed = installHook(git.value, hooks, repository, fix ? 'fix' : 'check', program);
      const what = fix ? 'brings' : 'must have';
      return installed.ok
        ? { ok: true, value: `installed ${place}/pre-commit: every commit ${what} the expression that it gives` }
        : installed;
    }
    const removed = uninstallHook(git.value, hooks, repository, program);
    if (!removed.ok) return removed;
    const value = removed.value === 'none' ? `nothing of makenix in ${place}` : `uninstalled from ${place}`;
    return { ok: true, value: `${value}/pre-commit` };
  } catch (error) {
    const problem = `cannot be written to: ${error instanceof Error ? error.message : String(error)}`;
    return fail({ kind: 'hook-foreign', path: place, problem });
  }
}
