import { fileURLToPath } from 'node:url';
import type { Failure } from '../../model/failure.ts';
import { createNodeCommands } from '../../host/node-commands.ts';
import { createNodeFiles } from '../../host/node-files.ts';
import { isDirectory, makeDirectory } from '../../host/node-machine.ts';
import { openGit } from '../../hook/git.ts';
import { hooksDirectory, installHook, uninstallHook } from '../../hook/install.ts';
import { describeFailure } from '../../report/describe.ts';
import { printable } from '../../report/printable.ts';
import type { CommonOptions } from '../options.ts';
import { noSuchDirectory } from '../usage.ts';

export interface HookOptions {
  readonly action: 'install' | 'uninstall';
  /** Instead of a check: stage what is missing. */
  readonly fix: boolean;
}

/** `makenix hook install [--fix]` and `makenix hook uninstall`: git's own pre-commit hook for the project. */
export async function hook({ directory }: CommonOptions, { action, fix }: HookOptions): Promise<number> {
  if (!isDirectory(directory)) return noSuchDirectory(directory);
  const git = await openGit(createNodeCommands(process.env), directory);
  if (!git.ok) return complain(git.failure);
  const found = await hooksDirectory(git.value);
  if (!found.ok) return complain(found.failure);
  makeDirectory(found.value);
  const hooks = createNodeFiles(found.value);
  const program = {
    node: process.execPath,
    script: fileURLToPath(new URL('../../bin/makenix.js', import.meta.url)),
  };
  const place = printable(`${found.value}/pre-commit`);
  if (action === 'install') {
    const installed = installHook(git.value, hooks, fix ? 'fix' : 'check', program);
    if (!installed.ok) return complain(installed.failure);
    process.stderr.write(
      `installed ${place}: every commit ${fix ? 'brings' : 'must have'} the expression that it gives\n`,
    );
    return 0;
  }
  const removed = uninstallHook(git.value, hooks, program);
  if (!removed.ok) return complain(removed.failure);
  process.stderr.write(removed.value === 'none' ? `nothing of makenix in ${place}\n` : `uninstalled from ${place}\n`);
  return 0;
}

function complain(failure: Failure): number {
  process.stderr.write(`${describeFailure(failure)}\n`);
  return 2;
}
