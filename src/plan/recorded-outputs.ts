import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import type { RecordedPlan } from './recorded-schema.ts';

/**
 * Objects and products that the project's own build leaves in the tree: steps make their own, so that a build which runs
 * there is no business of ours. Not those that some step reads as a file.
 */
export function outputsOfRecord({ objects, products }: RecordedPlan): ReadonlySet<ProjectPath> {
  const outputs = new Set([...Object.keys(objects), ...products.map(({ path }) => path)]);
  for (const { source, files = [] } of Object.values(objects))
    for (const path of [source, ...files]) outputs.delete(path);
  for (const { files = [] } of products) for (const path of files) outputs.delete(path);
  return new Set([...outputs].map(trustedProjectPath));
}
