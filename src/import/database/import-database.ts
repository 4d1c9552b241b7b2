import { posix } from 'node:path';
import type { Clock, CommandRunner, ProjectFiles } from '../../host/ports.ts';
import type { ImportFinished, MakenixEvent } from '../../model/events.ts';
import type { Failure } from '../../model/failure.ts';
import { projectPath } from '../../model/ids.ts';
import { bytewise } from '../../model/order.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { readConfig } from '../../plan/config.ts';
import { configFile } from '../../plan/definition-files.ts';
import type { RecordedPlan } from '../../plan/recorded-schema.ts';
import { foreignCompilers } from '../compilers.ts';
import { digestsOf } from '../digests.ts';
import { importFinished } from '../import-events.ts';
import { keepingChoices } from '../previous-plan.ts';
import { inside } from '../places.ts';
import type { Replayed } from '../replay.ts';
import { writePlan } from '../write-plan.ts';
import type { Machine } from './command-trace.ts';
import { databaseObjects } from './database-objects.ts';
import { readDatabase, type DatabaseEntry } from './entries.ts';
import { planOfNinja } from './ninja-plan.ts';

export interface DatabasePorts {
  readonly files: ProjectFiles;
  /** All files of the machine: a database need not lie in the project, nor what its commands name. */
  readonly machine: ProjectFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  readonly emit: (event: MakenixEvent) => void;
}

export interface DatabaseRequest {
  /** The file, or the directory that has it; from the top of the project. */
  readonly database: string;
  /** The files that have changed since the last time; none where it was asked for. */
  readonly because: readonly string[];
  /** What the last import found, of which choices of the user's are kept. */
  readonly previous: RecordedPlan | undefined;
  readonly signal: AbortSignal;
}

/** What could be read, before the rest of a plan is added. */
interface Read {
  readonly plan: RecordedPlan;
  readonly compilers: Replayed['compilers'];
}

/**
 * Makes makenix.plan.json from a compilation database, without a build. A database knows of no links. Where the build.ninja
 * that it belongs to is beside it, ninja tells all commands of the build, and they are read as if they had been recorded;
 * otherwise the targets of makenix.json say what is made of the objects. False where it was stopped.
 */
export async function importDatabase(
  ports: DatabasePorts,
  request: DatabaseRequest,
): Promise<Result<boolean, Failure>> {
  const { files, commands, clock, emit } = ports;
  const { because, previous, signal } = request;
  const started = clock.elapsed();
  const place = locate(ports, request.database);
  emit({ kind: 'import-started', command: [place.shown], purpose: 'read', because });
  const read = await readPlan(ports, place, signal);
  const end = (outcome: ImportFinished['outcome'], plan?: RecordedPlan): void =>
    emit(importFinished('read', outcome, plan, clock.elapsed() - started));
  if (signal.aborted) {
    end('cancelled');
    return ok(false);
  }
  if (!read.ok) {
    end('failed');
    return read;
  }
  const foreign = await foreignCompilers(read.value.compilers, commands);
  const whole = keepingChoices(read.value.plan, previous);
  const plan = { ...whole, notUnderstood: [...foreign, ...whole.notUnderstood] };
  const written = writePlan(files, plan);
  end(written.ok ? 'imported' : 'failed', plan);
  return written.ok ? ok(true) : written;
}

interface Place {
  /** As people see it, and as the plan remembers it: from the top of the project. */
  readonly shown: string;
  /** Absolute; where the file itself is, if it is linked to. */
  readonly file: string;
}

function locate({ files, machine }: DatabasePorts, database: string): Place {
  const given = posix.resolve(files.root, database);
  const path = isDirectory(machine, given) ? posix.join(given, 'compile_commands.json') : given;
  let file = path;
  // Many link to it from the top of the project, where editors look. A link that leads to itself leads nowhere.
  for (let depth = 0; depth < 40; depth++) {
    const target = machine.readLink(machinePath(file));
    if (target === undefined) break;
    file = posix.resolve(posix.dirname(file), target);
  }
  return { shown: posix.relative(files.root, path), file };
}

/** The view of a machine's files is from its root. */
const machinePath = (path: string) => projectPath(path.slice(1)) ?? ('.' as never);

const isDirectory = (machine: ProjectFiles, path: string): boolean =>
  machine.stat(machinePath(path)) === undefined && machine.exists(machinePath(path));

const machineOf = ({ machine, commands }: DatabasePorts): Machine => ({
  read: (path) => machine.read(machinePath(path))?.toString('utf8'),
  exists: (path) => machine.stat(machinePath(path)) !== undefined,
  isDirectory: (path) => isDirectory(machine, path),
  which: (name) => commands.which(name)[0],
});

async function readPlan(ports: DatabasePorts, place: Place, signal: AbortSignal): Promise<Result<Read, Failure>> {
  const { files, commands } = ports;
  const machine = machineOf(ports);
  const home = posix.dirname(place.file);
  const compileCommands = place.shown;
  const size = ports.machine.stat(machinePath(place.file))?.size;
  if (machine.exists(`${home}/build.ninja`)) {
    // Before the database is read: bringing build.ninja up to date may write another one.
    const ninja = await planOfNinja({ files, commands, machine }, home, signal);
    if (!ninja.ok) return ninja;
    const entries = entriesOf(place, machine, size);
    if (!entries.ok) return entries;
    if (ninja.value.makesAnyOf(entries.value, home)) {
      return ok({ plan: { ...ninja.value.plan, compileCommands }, compilers: ninja.value.compilers });
    }
  }
  const entries = entriesOf(place, machine, size);
  if (!entries.ok) return entries;
  const { plan, compilers } = databaseObjects(files.root, entries.value, home, machine);
  if (Object.keys(plan.objects).length === 0) {
    return fail({ kind: 'database-unusable', file: compileCommands, problem: 'empty' });
  }
  const text = files.read(configFile)?.toString('utf8');
  const config = text === undefined ? ok(undefined) : readConfig(configFile, text);
  if (!config.ok) return config;
  if (config.value?.targets === undefined) {
    return fail({ kind: 'database-unusable', file: compileCommands, problem: 'no-links' });
  }
  const notUnderstood = [...plan.notUnderstood].sort((a, b) => bytewise(a.problem, b.problem));
  return ok({
    plan: { ...emptyPlan, compileCommands, ...plan, definition: definitionOf(files, place), notUnderstood },
    compilers,
  });
}

const emptyPlan: RecordedPlan = {
  version: 1,
  command: [],
  options: {},
  objects: {},
  products: [],
  definition: {},
  generators: [],
  notUnderstood: [],
};

/** In bytes. Chromium's is a third of it; a text of twice the size is more than JavaScript holds. */
const largest = 256 * 2 ** 20;

function entriesOf({ shown, file }: Place, machine: Machine, size = 0): Result<readonly DatabaseEntry[], Failure> {
  if (size > largest) {
    const problem = 'it is larger than 256 MiB';
    return fail({ kind: 'config-invalid', file: shown, line: 1, column: 1, at: '', problem });
  }
  const text = machine.read(file);
  if (text === undefined) return fail({ kind: 'database-unusable', file: shown, problem: 'missing' });
  return readDatabase(shown, text);
}

/** What the database is made from, it does not say. */
function definitionOf(files: ProjectFiles, { file }: Place): Record<string, string> {
  const path = inside(files.root, file);
  return path === undefined ? {} : digestsOf([path], files);
}
