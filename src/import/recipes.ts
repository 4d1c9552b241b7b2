import { posix } from 'node:path';
import type { ProgramId, ProgramStarted, TraceEvent } from '../record/trace.ts';

/** The recipe that each program is part of: the program that make and the like started; undefined above those. */
export function recipesOf(events: readonly TraceEvent[]): ReadonlyMap<ProgramId, ProgramId> {
  const recipes = new Map<ProgramId, ProgramId>();
  const drivers = new Set<ProgramId>();
  for (const event of events) {
    if (event.kind !== 'started') continue;
    const { program, parent } = event;
    if (isBuildTool(event)) {
      drivers.add(program);
      continue;
    }
    const above = parent === undefined ? undefined : drivers.has(parent) ? program : recipes.get(parent);
    if (above !== undefined) recipes.set(program, above);
  }
  return recipes;
}

const buildTool = /^(?:g?make|mingw32-make|bmake|ninja|ninja-build|samu|cmake|cmake3|meson|scons|waf|bazel|xmake)$/;

/** Programs that read what defines a build; `cmake -E`, `cmake -P` and `meson --internal` are what recipes are made of. */
function isBuildTool({ argv, executable }: ProgramStarted): boolean {
  const isScript = /^python[\d.]*$|^(?:ba|da|z)?sh$/.test(posix.basename(executable));
  const [name = '', first = ''] = isScript ? argv.slice(1) : argv;
  return buildTool.test(posix.basename(name)) && !/^-[EP]$|^--internal$/.test(first);
}
