import type { ProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import type { KnownFiles } from './known-files.ts';
import { readOperand } from './operand.ts';
import { projectDirectives } from './projection.ts';
import { candidatesOf, forcedCandidatesOf, searchPathOf } from './search-path.ts';

/**
 * What a unit may include that is neither file nor directory, of what it names literally: a pipe, a device. Looked for only where a
 * compiler did not come to an end; nothing is taken in.
 */
export function endlessIn(step: CompileStep, { files }: KnownFiles): string | undefined {
  const search = searchPathOf(step);
  const reached = new Set<ProjectPath>([step.source]);
  const isEndless = (path: ProjectPath): boolean =>
    files.stat(path) === undefined && files.exists(path) && files.names(path).length === 0;
  for (const path of search.forced.flatMap((name) => forcedCandidatesOf(name, search))) reached.add(path);
  // A set gives also what is added while it is gone through.
  for (const file of reached) {
    if (isEndless(file)) return file;
    const contents = files.read(file);
    if (contents === undefined) continue;
    for (const operand of projectDirectives(contents).operands) {
      const { name } = readOperand(operand);
      if (/^\/(?:dev|proc|sys)\//.test(name)) return name;
      for (const path of candidatesOf(operand, file, search)) if (files.exists(path)) reached.add(path);
    }
  }
  return undefined;
}
