import { readFileSync } from 'node:fs';
import { planFile } from '../plan/definition-files.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import type { Cycle } from './cycle.ts';
import { execute } from './execute.ts';
import { build, makenix, projectOptions, type RunOptions } from './makenix.ts';
import type { TestProject } from './project.ts';

/** `makenix import -- COMMAND`, which must succeed; what it has written. */
export async function importBuild(
  project: TestProject,
  command: readonly string[],
  options: RunOptions = {},
): Promise<RecordedPlan> {
  const { exitCode, stderr, stdout } = await makenix(
    ['import', '--json', ...projectOptions(project), '--', ...command],
    options,
  );
  if (exitCode !== 0) throw new Error(`import: exit code ${String(exitCode)}\n${stdout}${stderr}`);
  return JSON.parse(readFileSync(project.path(planFile), 'utf8')) as RecordedPlan;
}

export const problemsOf = ({ notUnderstood }: RecordedPlan): readonly string[] =>
  notUnderstood.map(({ problem }) => problem);

/** A build of all targets that must be good; otherwise it says what was not. */
export async function goodBuild(project: TestProject): Promise<Cycle> {
  const cycle = await build(project);
  if (cycle.outcome === 'built' || cycle.outcome === 'up-to-date') return cycle;
  const said = cycle.events.flatMap((event) => (event.kind === 'failure' || event.kind === 'log-line' ? [event] : []));
  throw new Error(
    `${cycle.outcome}\n${JSON.stringify(said, undefined, 1)}\n${cycle.failed.join(' ')}\n${cycle.diagnostics.join('\n')}`,
  );
}

/** Where a target's products lie, from the project: `result-1/lib`. */
export function outputOf(cycle: Cycle, target: string, directory: 'bin' | 'lib' = 'bin'): string {
  const link = cycle.outputs.find((output) => output.target === target)?.link;
  if (link === undefined || link === null) {
    throw new Error(`no output ${target} among ${cycle.outputs.map((output) => output.target).join(', ')}`);
  }
  return `${link}/${directory}`;
}

/** What a target prints, and what the build's own program does. */
export async function bothPrint(
  project: TestProject,
  cycle: Cycle,
  target: string,
  own: string,
): Promise<readonly [makenix: string, own: string]> {
  const file = own.slice(own.lastIndexOf('/') + 1);
  const runs = await Promise.all(
    [`${outputOf(cycle, target)}/${file}`, own].map((program) => execute(project.path(program), [], project.root)),
  );
  const [ours, theirs] = runs.map(({ stdout, stderr, exitCode }) => `${stdout}${stderr}${String(exitCode)}`);
  return [ours ?? '', theirs ?? ''];
}
