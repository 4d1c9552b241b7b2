import { relative, resolve } from 'node:path';
import { readRecordedPlan } from '../../plan/recorded-plan.ts';
import { planFile } from '../../plan/definition-files.ts';
import type { RecordedPlan } from '../../plan/recorded-schema.ts';
import { createNodeCommands } from '../../host/node-commands.ts';
import { nodeClock } from '../../host/node-clock.ts';
import { createNodeFiles } from '../../host/node-files.ts';
import { isDirectory } from '../../host/node-machine.ts';
import type { ProjectFiles } from '../../host/ports.ts';
import { importDatabase } from '../../import/database/import-database.ts';
import { importProject, type ImportPorts } from '../../import/importer.ts';
import { exitCode } from '../../report/describe.ts';
import { openEvents } from '../compose.ts';
import { openScratch } from '../keep-imported.ts';
import type { CommonOptions } from '../options.ts';
import { listenForSignals } from '../signals.ts';
import { noSuchDirectory } from '../usage.ts';
import { complain } from './inspection.ts';

/**
 * `makenix import -- COMMAND`: runs the project's own build once and makes a plan of it; or `--compile-commands FILE`: reads
 * a compilation database instead. Without either, what the last import did.
 */
export async function importCommand(
  options: CommonOptions,
  given: readonly string[],
  compileCommands: string | undefined,
): Promise<number> {
  if (!isDirectory(options.directory)) return noSuchDirectory(options.directory);
  const files = createNodeFiles(options.directory);
  const previous = lastPlan(files);
  if (given.length > 0 && compileCommands !== undefined) {
    return complain('import takes a build command or --compile-commands, not both', 'leave one of them out');
  }
  const database = compileCommands === undefined ? undefined : relative(files.root, resolve(compileCommands)) || '.';
  const last = given.length > 0 ? undefined : (database ?? previous?.compileCommands);
  const command = given.length > 0 ? given : (previous?.command ?? []);
  if (last === undefined && command.length === 0) {
    return complain(
      'import needs the build command',
      'give it after --, as you would type it: makenix import -- make -j2; or --compile-commands with a database',
    );
  }
  const { events, close } = openEvents(options);
  const interrupts = listenForSignals();
  const ports: ImportPorts = {
    files,
    commands: createNodeCommands(process.env),
    clock: nodeClock,
    emit: events.emit,
    openScratch,
  };
  const request = { because: [], previous, signal: interrupts.signal };
  const imported =
    last === undefined
      ? await importProject(ports, { command, ...request })
      : await importDatabase({ ...ports, machine: createNodeFiles('/') }, { database: last, ...request });
  if (!imported.ok) events.emit({ kind: 'failure', failure: imported.failure });
  close();
  interrupts.release();
  return interrupts.exitCode() ?? (imported.ok ? Number(!imported.value) : exitCode(imported.failure));
}

/** One that cannot be read is about to be replaced. */
function lastPlan(files: ProjectFiles): RecordedPlan | undefined {
  const text = files.read(planFile)?.toString('utf8');
  const read = text === undefined ? undefined : readRecordedPlan(planFile, text);
  return read?.ok === true ? read.value : undefined;
}
