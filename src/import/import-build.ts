import type { ProjectFiles } from '../host/ports.ts';
import { bytewise } from '../model/order.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import type { TraceEvent } from '../record/trace.ts';
import { buildFiles, type Summary } from './build-files.ts';
import { recordedSteps, type Steps } from './recorded.ts';
import type { IsThere } from './settle.ts';
import type { Replayed } from './replay.ts';

/**
 * Turns the trace of a build into a plan. `files` is the project after the build: what is not there any more was made on
 * the way. Nothing in it depends on which project it is.
 *
 * @param isThere as of `recordedSteps`
 */
export function importBuild(
  events: readonly TraceEvent[],
  replayed: Replayed,
  files: ProjectFiles,
  command: readonly string[],
  isThere?: IsThere,
): RecordedPlan {
  const { vanished, ...steps } = recordedSteps(replayed, files, isThere);
  const products = new Map(steps.products.map(({ path, name }) => [`${files.root}/${path}`, name]));
  const read = new Set<string>([
    ...vanished,
    ...Object.values(steps.objects).map(({ source }) => source),
    ...steps.products.flatMap((product) => product.files ?? []),
  ]);
  const { summaries, ...hangsOn } = buildFiles(events, replayed, files, products, read);
  // A recipe that runs in several makes is one thing to know.
  const said = new Map(summaries.map((summary) => summaryGap(summary, steps)).map((gap) => [gap.problem, gap]));
  const gaps = [...steps.notUnderstood, ...said.values()];
  return {
    version: 1,
    command: [...command],
    ...steps,
    ...hangsOn,
    notUnderstood: gaps.sort((a, b) => bytewise(a.problem, b.problem)),
  };
}

function summaryGap(
  { outputs, count, command }: Summary,
  { objects, products }: Steps,
): Steps['notUnderstood'][number] {
  const made = new Set<string>(outputs);
  const touched = new Set(Object.entries(objects).flatMap(([name, { source }]) => (made.has(source) ? [name] : [])));
  const targets = products.flatMap(({ name, inputs }) => {
    if (!inputs.some((input) => touched.has(input))) return [];
    touched.add(name);
    return [name];
  });
  const shown = outputs.slice(0, 3).join(', ') + (outputs.length > 3 ? ` and ${String(outputs.length - 3)} more` : '');
  const verb = outputs.length === 1 ? 'is' : 'are';
  return {
    problem: `${shown} ${verb} made from ${String(count)} files of the project, and made anew by makenix import only`,
    command: [...command],
    targets,
  };
}
