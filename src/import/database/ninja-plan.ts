import { posix } from 'node:path';
import type { CommandRunner, ProjectFiles } from '../../host/ports.ts';
import type { Failure } from '../../model/failure.ts';
import { trustedProjectPath } from '../../model/ids.ts';
import { bytewise } from '../../model/order.ts';
import { ok, type Result } from '../../model/result.ts';
import type { RecordedPlan } from '../../plan/recorded-schema.ts';
import { isHeader, isSource } from '../command/source-name.ts';
import { importBuild } from '../import-build.ts';
import { inside } from '../places.ts';
import { replay, type Replayed } from '../replay.ts';
import { afterBuild, expectedOf } from './after-build.ts';
import { traceOfCommands, type BuildCommand, type Machine } from './command-trace.ts';
import { compileOf } from './database-objects.ts';
import type { DatabaseEntry } from './entries.ts';
import { readNinja } from './ninja.ts';

export interface NinjaPlan {
  readonly plan: RecordedPlan;
  readonly compilers: Replayed['compilers'];
  /** Whether a database is of this build: whether any of its objects is made here. One without entries may be. */
  makesAnyOf(entries: readonly DatabaseEntry[], home: string): boolean;
}

interface Ports {
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly machine: Machine;
}

/** The plan of what the build.ninja in `directory` builds, as if ninja had been recorded building it. */
export async function planOfNinja(
  { files, commands, machine }: Ports,
  directory: string,
  signal: AbortSignal,
): Promise<Result<NinjaPlan, Failure>> {
  const { root } = files;
  const ninja = await readNinja(commands, directory, signal);
  if (!ninja.ok) return ninja;
  const { commands: build, definition } = ninja.value;
  const read = [...included(`${directory}/build.ninja`, machine), ...definition];
  const { events, unread } = traceOfCommands('ninja', directory, [...new Set(read)], build, machine);
  const replayed = replay(root, events);
  const place = inside(root, directory);
  const command = ['ninja', ...(directory === root ? [] : ['-C', place ?? directory])];
  const plan = importBuild(events, replayed, afterBuild(files, replayed), command, expectedOf(files));
  const own = place === undefined ? {} : { directory: place };
  const gaps = [
    ...unread.map(({ text, problem }) => ({ problem, command: [text], ...own, targets: [] })),
    ...unmade(plan, build, root, files).map((files) => ({
      problem: `${files}, which the build has yet to make: run it once (${command.join(' ')})`,
      command,
      targets: [],
    })),
  ];
  const notUnderstood = [...plan.notUnderstood, ...gaps].sort((a, b) => bytewise(a.problem, b.problem));
  return ok({
    plan: { ...plan, notUnderstood },
    compilers: replayed.compilers,
    makesAnyOf: (entries, home) =>
      entries.length === 0 ||
      entries.some((entry) => {
        const compile = compileOf(entry, home, machine);
        return typeof compile !== 'string' && replayed.history.at(compile.output) !== undefined;
      }),
  });
}

/** A file for ninja and those that it includes. Names with variables in them are passed over. */
function included(file: string, machine: Machine): readonly string[] {
  const found = new Set([file]);
  for (const path of found) {
    for (const [, name = ''] of (machine.read(path) ?? '').matchAll(/^(?:include|subninja) +([^$\n]+?) *$/gm)) {
      // As ninja has it: from the directory that it runs in, which is that of the first.
      const other = posix.resolve(posix.dirname(file), name);
      if (machine.exists(other)) found.add(other);
    }
  }
  return [...found];
}

/** Files that steps read, or may read, and that the build would have to make first. */
function unmade(
  plan: RecordedPlan,
  build: readonly BuildCommand[],
  root: string,
  files: ProjectFiles,
): readonly string[] {
  const made = build.flatMap(({ outputs }) => outputs.flatMap((path) => inside(root, path) ?? []));
  const read = [
    ...Object.values(plan.objects).map(({ source }) => source),
    ...plan.products.flatMap((product) => product.files ?? []),
    ...made.filter((path) => isSource(path, undefined) || isHeader(path, undefined)),
  ];
  const missing = [...new Set(read)]
    .filter((path) => files.stat(trustedProjectPath(path)) === undefined)
    .sort(bytewise);
  if (missing.length === 0) return [];
  const shown = missing.slice(0, 5);
  const more = missing.length > shown.length ? `, and ${String(missing.length - shown.length)} more` : '';
  return [`${shown.join(', ')}${more}`];
}
