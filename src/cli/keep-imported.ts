import type { CycleReport } from '../build/builder.ts';
import { nodeClock } from '../host/node-clock.ts';
import { createNodeFiles } from '../host/node-files.ts';
import { makeTemporaryDirectory } from '../host/node-machine.ts';
import { importDatabase } from '../import/database/import-database.ts';
import { importProject, type ImportPorts } from '../import/importer.ts';
import { refreshGenerated } from '../import/refresh.ts';
import { trustedProjectPath } from '../model/ids.ts';
import { ok } from '../model/result.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { Reimporter } from '../watch/reimport.ts';
import type { Project } from './compose.ts';

/** A directory for the time of one recording. */
export function openScratch(): ReturnType<ImportPorts['openScratch']> {
  const { directory, remove } = makeTemporaryDirectory();
  return { files: createNodeFiles(directory), release: remove };
}

/** Where the plan was imported, imports it again when what it hangs on has changed. */
export function keepImported({ files, commands, events, frontEnd }: Project) {
  const ports = { files, commands, clock: nodeClock, emit: events.emit, openScratch };
  const recorded = (): RecordedPlan | undefined => frontEnd.tree.recorded;
  const reimporter = new Reimporter(
    {
      record: (because, signal) => {
        const previous = recorded();
        const command = previous?.command ?? [];
        const database = previous?.compileCommands;
        if (database !== undefined) {
          const all = { ...ports, machine: createNodeFiles('/') };
          return importDatabase(all, { database, because, previous, signal });
        }
        return importProject(ports, { command, because, previous, signal, isQuiet: true });
      },
      refresh: (because, signal) => {
        const plan = recorded();
        return plan === undefined ? Promise.resolve(ok(false)) : refreshGenerated(ports, plan, because, signal);
      },
    },
    events.emit,
  );
  /** How often each product was built that a generator runs: another one may generate something else. */
  const builds = new Map<string, number>();
  return {
    stop: () => reimporter.stop(),
    cycleEnded: ({ outcome, rebuilt }: CycleReport): void => {
      const plan = recorded();
      if (plan === undefined || outcome === 'cancelled') return;
      const { definition, generators } = frontEnd.staleness;
      const run = new Set(plan.generators.flatMap(({ products }) => products));
      const isFirst = builds.size === 0;
      for (const name of run) builds.set(name, (builds.get(name) ?? 0) + Number(rebuilt.some((step) => step === name)));
      const other = isFirst ? [] : rebuilt.filter((name) => run.has(name));
      reimporter.consider({ definition, generators: [...generators, ...other] }, (name) =>
        String(builds.get(name) ?? frontEnd.tree.hash(trustedProjectPath(name))),
      );
    },
  };
}
