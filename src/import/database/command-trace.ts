import { posix } from 'node:path';
import type { ProgramId, ProgramStarted, TraceEvent } from '../../record/trace.ts';
import { callsOf, type Call } from '../calls.ts';
import { programsOf, shellProblem, type StartedProgram } from './command-words.ts';
import { fileActions, isIdle, type FileAction } from './file-programs.ts';
import { LinkedLibraries, linkOf } from './linked-libraries.ts';
import { responseFilesOf, type ReadText } from './response-files.ts';

/** A command line of a build that was not run. */
export interface BuildCommand {
  /** For a shell. */
  readonly text: string;
  /** What its response files will hold, by their names in it, where the build is yet to write them. */
  readonly responseFiles: ReadonlyMap<string, string>;
  /** What the build tool says that it reads and makes; absolute. Told of commands that make no step. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** What has to be known of the machine and what is on its disk, by absolute paths. */
export interface Machine {
  readonly read: ReadText;
  readonly exists: (path: string) => boolean;
  readonly isDirectory: (path: string) => boolean;
  /** The file that runs where a program is called by a name without a slash. */
  readonly which: (name: string) => string | undefined;
}

export interface CommandTrace {
  readonly events: readonly TraceEvent[];
  /** Command lines that steps may be missing of, and why they were not read. */
  readonly unread: readonly { readonly text: string; readonly problem: string }[];
}

/** The build tool, as a program of the trace. */
const tool: ProgramId = 1;

/**
 * The trace that a recorder would have seen of a build tool running `commands` one after another in `directory`, as far as
 * command lines tell: so that a build which was never run goes the same way as one that was recorded.
 *
 * @param definition what the build tool reads itself; absolute
 */
export function traceOfCommands(
  name: string,
  directory: string,
  definition: readonly string[],
  commands: readonly BuildCommand[],
  machine: Machine,
): CommandTrace {
  const trace = new Tracer(directory, machine);
  trace.start(tool, undefined, { argv: [name], directory, environment: {} }, new Map());
  for (const path of definition) trace.events.push({ kind: 'read', program: tool, path });
  const unread: { readonly text: string; readonly problem: string }[] = [];
  for (const command of commands) {
    const problem = trace.run(command);
    if (problem !== undefined) unread.push({ text: command.text, problem });
  }
  return { events: trace.events, unread };
}

/** Whether a command line makes what no step does, so that the build tool has to say what it reads and makes. */
export function isForeign(text: string, directory: string): boolean {
  const programs = programsOf(text, directory);
  if (!programs.ok) return true;
  const isKnown = (program: StartedProgram): boolean => isIdle(program) || fileActions(program, nowhere).length > 0;
  return !programs.value.some(makesStep) && !programs.value.every(isKnown);
}

const nowhere = (): boolean => false;

const makesStep = (program: StartedProgram): boolean =>
  callOf(asStarted(0, undefined, program, '', new Map())) !== undefined;

const callOf = (started: ProgramStarted): Call | undefined => callsOf([started])(started.program);

const asStarted = (
  program: ProgramId,
  parent: ProgramId | undefined,
  { argv, directory, environment }: StartedProgram,
  executable: string,
  responseFiles: ReadonlyMap<string, string>,
): ProgramStarted => ({ kind: 'started', program, parent, executable, directory, argv, environment, responseFiles });

class Tracer {
  readonly events: TraceEvent[] = [];
  readonly #directory: string;
  readonly #machine: Machine;
  readonly #libraries: LinkedLibraries;
  /** Where files were copied or moved to. */
  readonly #copied = new Set<string>();
  #last: ProgramId = tool;

  constructor(directory: string, machine: Machine) {
    this.#directory = directory;
    this.#machine = machine;
    this.#libraries = new LinkedLibraries(machine.exists);
  }

  start(
    program: ProgramId,
    parent: ProgramId | undefined,
    started: StartedProgram,
    responseFiles: ReadonlyMap<string, string>,
  ): Call | undefined {
    const [name = ''] = started.argv;
    const executable = name.includes('/')
      ? posix.resolve(started.directory, name)
      : (this.#machine.which(name) ?? name);
    const event = asStarted(program, parent, started, executable, responseFiles);
    this.events.push(event);
    return callOf(event);
  }

  /** Says why a command that may make steps was not read. */
  run({ text, responseFiles, inputs, outputs }: BuildCommand): string | undefined {
    const programs = programsOf(text, this.#directory);
    const shell = ++this.#last;
    this.start(shell, tool, { argv: ['sh', '-c', text], directory: this.#directory, environment: {} }, new Map());
    for (const program of programs.ok ? programs.value : []) this.#run(shell, program, responseFiles);
    for (const path of inputs) this.events.push({ kind: 'read', program: shell, path });
    // What a program of it has copied there is known better.
    const made = outputs.filter((path) => !this.#copied.has(path));
    for (const path of made) this.events.push({ kind: 'write', program: shell, path });
    return programs.ok || !mentionsTool(text, this.#directory) ? undefined : shellProblem(programs.failure);
  }

  #run(shell: ProgramId, program: StartedProgram, given: ReadonlyMap<string, string>): void {
    const id = ++this.#last;
    const found = responseFilesOf(program.argv, program.directory, (path) => {
      const name = [...given.keys()].find((each) => posix.resolve(this.#directory, each) === path);
      return name === undefined ? this.#machine.read(path) : given.get(name);
    });
    const call = this.start(id, shell, program, found);
    const link = call === undefined ? undefined : linkOf(call);
    if (link !== undefined) {
      for (const path of this.#libraries.reads(program.directory, link)) {
        this.events.push({ kind: 'read', program: id, path });
      }
      const { form, soname, output } = link;
      const home = posix.join(posix.dirname(output), soname ?? posix.basename(output));
      // A build makes this link, some time: without it, no program that is linked with the library would start.
      if (form === 'shared-library' && home !== output) this.#symlink(shell, posix.basename(output), home);
    }
    if (call?.tool === 'ar' && call.command.archive !== undefined) {
      const path = posix.resolve(program.directory, call.command.archive);
      if (this.#libraries.has(path)) this.events.push({ kind: 'read', program: id, path });
      this.#libraries.add(path);
    }
    for (const action of fileActions(program, this.#machine.isDirectory)) this.#act(id, action);
  }

  #act(program: ProgramId, action: FileAction): void {
    if (action.kind === 'symlink') {
      this.#symlink(program, action.target, action.path);
      return;
    }
    if (action.kind === 'remove') {
      this.#libraries.remove(action.path);
      return;
    }
    const { kind, from, to } = action;
    this.#copied.add(to);
    if (kind === 'rename') this.events.push({ kind, program, from, to });
    else this.events.push({ kind: 'read', program, path: from }, { kind: 'write', program, path: to });
    this.#libraries.link(to, from);
  }

  #symlink(program: ProgramId, target: string, path: string): void {
    this.events.push({ kind: 'symlink', program, target, path });
    this.#libraries.link(path, posix.resolve(posix.dirname(path), target));
  }
}

/** Whether any word could be a compiler, linker or archiver. */
const mentionsTool = (text: string, directory: string): boolean =>
  text.split(/[\s;&|()'"]+/).some((_, i, words) => makesStep({ argv: words.slice(i), directory, environment: {} }));
