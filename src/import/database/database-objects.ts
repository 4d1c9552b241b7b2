import { posix } from 'node:path';
import type { RecordedPlan } from '../../plan/recorded-schema.ts';
import type { ProgramStarted } from '../../record/trace.ts';
import { callsOf } from '../calls.ts';
import { baseName, withoutExtension } from '../command/source-name.ts';
import { directoryIn, inside } from '../places.ts';
import { recordedObjects } from '../recorded.ts';
import { replay, type Replayed } from '../replay.ts';
import type { Machine } from './command-trace.ts';
import { entryProgram, shellProblem, type StartedProgram } from './command-words.ts';
import type { DatabaseEntry } from './entries.ts';
import { missingResponseFiles, responseFilesOf } from './response-files.ts';

type Gap = RecordedPlan['notUnderstood'][number];

export interface DatabaseObjects {
  readonly plan: Pick<RecordedPlan, 'options' | 'objects' | 'notUnderstood'>;
  readonly compilers: Replayed['compilers'];
}

/** A compile of an entry, ready to be part of a trace. */
export interface EntryCompile {
  readonly started: ProgramStarted;
  /** Absolute. */
  readonly output: string;
}

/**
 * The compile steps of a compilation database, as if each of its commands had been recorded.
 *
 * @param home the database's own directory, from which relative ones start
 */
export function databaseObjects(
  root: string,
  entries: readonly DatabaseEntry[],
  home: string,
  machine: Machine,
): DatabaseObjects {
  const gaps: Gap[] = [];
  const strangers: DatabaseEntry[] = [];
  // One file may be compiled several ways to one path. The n-th compile to each is in the n-th layer.
  const layers: EntryCompile[][] = [];
  const counts = new Map<string, number>();
  const known = new Set<string>();
  for (const entry of entries) {
    if (inside(root, fileOf(entry, home)) === undefined) {
      strangers.push(entry);
      continue;
    }
    const read = compileOf(entry, home, machine);
    if (typeof read === 'string') {
      gaps.push(gapOf(entry, home, root, read));
      continue;
    }
    const { started, output } = read;
    if (directoryIn({ root, directory: started.directory }).isOutside) {
      gaps.push(gapOf(entry, home, root, `it runs in ${started.directory}, which is not in the project`));
      continue;
    }
    const key = JSON.stringify([started.argv, started.directory, [...started.responseFiles]]);
    if (known.has(key)) continue;
    known.add(key);
    const layer = counts.get(output) ?? 0;
    counts.set(output, layer + 1);
    (layers[layer] ??= []).push(read);
  }
  // Of several, the last has the plain name: that is the first of each.
  const builds = layers.toReversed().map((compiles) => {
    const events = compiles.map(({ started }, i) => ({ ...started, program: i }));
    return replay(root, events);
  });
  const { options, objects, notUnderstood } = recordedObjects(builds, root);
  const [first] = strangers;
  const outside = first === undefined ? [] : [gapOf(first, home, root, strangersProblem(strangers))];
  return {
    plan: { options, objects, notUnderstood: [...outside, ...gaps, ...notUnderstood] },
    compilers: new Map(builds.flatMap(({ compilers }) => [...compilers])),
  };
}

const directoryOf = ({ directory }: DatabaseEntry, home: string): string => posix.resolve(home, directory);

const fileOf = (entry: DatabaseEntry, home: string): string => posix.resolve(directoryOf(entry, home), entry.file);

/** The program that an entry starts, or why it cannot be a step. */
export function compileOf(entry: DatabaseEntry, home: string, machine: Machine): EntryCompile | string {
  const directory = directoryOf(entry, home);
  const { command } = entry;
  const program =
    typeof command === 'string'
      ? entryProgram(command, directory)
      : { ok: true as const, value: { argv: command, directory, environment: {} } };
  if (!program.ok) return shellProblem(program.failure);
  const [name = ''] = program.value.argv;
  if (name === '') return 'it has no command';
  const file = fileOf(entry, home);
  const plain = startedBy(program.value, machine);
  const [missing] = missingResponseFiles(plain.argv, plain.responseFiles);
  if (missing !== undefined) return `the response file ${missing.slice(1)} is not there`;
  const call = callsOf([plain])(plain.program);
  if (call?.tool !== 'compiler') return `${name} is not called as a compiler that makenix knows`;
  const { action, inputs, output } = call.command;
  if (action === 'precompile-header') return `${entry.file} is a header`;
  const isCompiled = inputs.some(({ path, kind }) => kind === 'source' && posix.resolve(call.directory, path) === file);
  if (!isCompiled) return `its command does not compile ${entry.file}`;
  // Entries are there for what they compile: one that has nothing to say so (-c), or names no object, is completed.
  const given = action === 'link' ? undefined : output;
  const object = entry.output ?? given ?? `${withoutExtension(baseName(entry.file))}.o`;
  const isWhole = action === 'compile' && given !== undefined && entry.output === undefined;
  const words = isWhole ? [] : [...(action === 'link' ? ['-c'] : []), '-o', object];
  return {
    started: { ...plain, argv: [...plain.argv, ...words] },
    output: posix.resolve(call.directory, object),
  };
}

function startedBy({ argv, directory, environment }: StartedProgram, { read, which }: Machine): ProgramStarted {
  const [name = ''] = argv;
  const executable = name.includes('/') ? posix.resolve(directory, name) : (which(name) ?? name);
  const responseFiles = responseFilesOf(argv, directory, read);
  return { kind: 'started', program: 0, parent: undefined, executable, directory, argv, environment, responseFiles };
}

function gapOf(entry: DatabaseEntry, home: string, root: string, problem: string): Gap {
  const directory = inside(root, directoryOf(entry, home));
  const { command } = entry;
  return {
    problem,
    command: typeof command === 'string' ? [command] : [...command],
    ...(directory === undefined ? {} : { directory }),
    targets: [],
  };
}

function strangersProblem(strangers: readonly DatabaseEntry[]): string {
  const shown = strangers.slice(0, 5).map(({ file }) => file);
  const more = strangers.length > shown.length ? `, and ${String(strangers.length - shown.length)} more` : '';
  return `files that are not in the project: ${shown.join(', ')}${more}`;
}
