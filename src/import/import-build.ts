import type { ProjectFiles } from '../host/ports.ts';
import { bytewise } from '../model/order.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import type { TraceEvent } from '../record/trace.ts';
import { buildFiles } from './build-files.ts';
import { recordedSteps } from './recorded.ts';
import type { Replayed } from './replay.ts';

/**
 * Turns the trace of a build into a plan. `files` is the project after the build: what is not there any more was made on
 * the way. Nothing in it depends on which project it is.
 */
export function importBuild(
  events: readonly TraceEvent[],
  replayed: Replayed,
  files: ProjectFiles,
  command: readonly string[],
): RecordedPlan {
  const steps = recordedSteps(replayed, files);
  const products = new Map(steps.products.map(({ path, name }) => [`${files.root}/${path}`, name]));
  const read = new Set([
    ...Object.values(steps.objects).map(({ source }) => source),
    ...steps.products.flatMap((product) => product.files ?? []),
  ]);
  return {
    version: 1,
    command: [...command],
    ...steps,
    ...buildFiles(events, replayed, files, products, read),
    notUnderstood: [...steps.notUnderstood].sort((a, b) => bytewise(a.problem, b.problem)),
  };
}
