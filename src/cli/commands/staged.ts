import { basename, join } from 'node:path';
import type { Failure } from '../../model/failure.ts';
import { trustedProjectPath } from '../../model/ids.ts';
import { ok, type Result } from '../../model/result.ts';
import type { ExpressionFrontEnd } from '../../build/expression-front-end.ts';
import { stateDirectory } from '../../build/tree.ts';
import { placeOutside } from '../../build/written-places.ts';
import { configFile, planFile } from '../../plan/definition-files.ts';
import { isForeign } from '../../dynamic/foreign.ts';
import { createNodeCommands } from '../../host/node-commands.ts';
import { createNodeFiles } from '../../host/node-files.ts';
import { isDirectory, makeDirectory, makeTemporaryDirectory } from '../../host/node-machine.ts';
import { openGit, type Git } from '../../hook/git.ts';
import { copyIndex, copyOf } from '../../hook/index-copy.ts';
import { listIndex, type IndexListing } from '../../hook/index-listing.ts';
import { stageText } from '../../hook/stage-text.ts';
import { describeFailure } from '../../report/describe.ts';
import { printable } from '../../report/printable.ts';
import { openProject, type Project } from '../compose.ts';
import type { CommonOptions } from '../options.ts';
import { listenForSignals } from '../signals.ts';
import { noSuchDirectory } from '../usage.ts';
import { compareExpressions, sayStale } from './staleness.ts';
import type { GenerateOptions } from './generate.ts';

/**
 * `makenix generate --staged`, with `--check` or `--fix`: whether the next commit would contain the expression that its
 * own files give. Judged and generated from the index alone, which is copied to where a compiler can read it; what is not
 * staged plays no part.
 */
export async function checkStaged(options: CommonOptions, { fix }: GenerateOptions): Promise<number> {
  if (!isDirectory(options.directory)) return noSuchDirectory(options.directory);
  const interrupts = listenForSignals();
  const place = placeForCopy(options.directory);
  try {
    const code = await judge(options, fix, place.directory, interrupts.signal);
    return interrupts.exitCode() ?? code;
  } finally {
    place.remove();
    interrupts.release();
  }
}

async function judge(options: CommonOptions, fix: boolean, directory: string, signal: AbortSignal): Promise<number> {
  const opened = await openIndex(options, directory);
  if (!opened.ok) return complain(opened.failure);
  const { git, listing } = opened.value;
  const copied: CommonOptions = { ...options, directory: copyOf(directory) };
  makeDirectory(copied.directory);
  const projectName = basename(createNodeFiles(options.directory).root);
  const project = openProject(copied, { targets: [], watch: false, isCheck: true, projectName });
  if (project === undefined) return noSuchDirectory(copied.directory);
  try {
    return await verdictOf(project, options, fix, git, listing, signal);
  } finally {
    project.close();
  }
}

async function openIndex(
  options: CommonOptions,
  directory: string,
): Promise<Result<{ readonly git: Git; readonly listing: IndexListing }, Failure>> {
  const git = await openGit(createNodeCommands(process.env), options.directory);
  if (!git.ok) return git;
  const listing = await listIndex(git.value);
  if (!listing.ok) return listing;
  // Every name that the configuration could give to the generated file ends like this, or is read as a source would be.
  const isRead = (path: string): boolean =>
    !isForeign(path) || path.endsWith('.nix') || path === configFile || path === planFile;
  const copied = await copyIndex(git.value, listing.value, createNodeFiles(directory), isRead);
  return copied.ok ? ok({ git: git.value, listing: listing.value }) : copied;
}

async function verdictOf(
  { frontEnd, builder, events }: Project<ExpressionFrontEnd>,
  options: CommonOptions,
  fix: boolean,
  git: Git,
  listing: IndexListing,
  signal: AbortSignal,
): Promise<number> {
  const checked = await frontEnd.check(signal);
  const { output } = frontEnd.tree;
  if (!checked.ok) {
    // Nothing to describe, and nothing that describes it.
    if (checked.failure.kind === 'no-sources' && !listing.files.has(output)) return 0;
    events.emit({ kind: 'failure', failure: checked.failure });
    return 2;
  }
  if (checked.value === undefined) return 2;
  builder.save();
  const verdict = compareExpressions(checked.value);
  if (verdict === 'fresh') {
    process.stderr.write(`${printable(output)}, as staged, is up to date\n`);
    return 0;
  }
  if (!fix || verdict === 'unknown') {
    await sayStale(output, checked.value, verdict, {
      options,
      isStaged: true,
      // Of other commits than of the index, nothing is staged any more when they have been stopped; the files stay.
      mend: git.committing !== 'index' ? 'makenix generate' : 'makenix generate --staged --fix',
    });
    return verdict === 'unknown' ? 2 : 1;
  }
  const staged = await stageText(
    git,
    createNodeFiles(options.directory),
    output,
    checked.value.prepared.expression.text,
  );
  if (!staged.ok) return complain(staged.failure);
  process.stderr.write(`${printable(output)}: regenerated from what is staged, and staged\n`);
  return 0;
}

function complain(failure: Failure): number {
  process.stderr.write(`${describeFailure(failure)}\n`);
  return 2;
}

/** In the project's own state, where the next check finds it; or, where that cannot be written to, for this time only. */
function placeForCopy(project: string): { readonly directory: string; readonly remove: () => void } {
  const directory = join(project, stateDirectory, 'index');
  const files = createNodeFiles(project);
  if (placeOutside(files, []) !== undefined) return makeTemporaryDirectory();
  try {
    makeDirectory(directory);
    files.write(trustedProjectPath(`${stateDirectory}/.gitignore`), '*\n');
    return { directory, remove: () => undefined };
  } catch {
    return makeTemporaryDirectory();
  }
}
