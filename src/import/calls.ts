import type { ProgramId, ProgramStarted, TraceEvent } from '../record/trace.ts';
import { parseArchiveCommand, parseRanlibCommand, type ArchiveCommand } from './command/archive-command.ts';
import { parseCompilerCommand, type CompilerCommand } from './command/compiler-command.ts';
import { stripLaunchers } from './command/launcher.ts';
import { parseLinkerCommand, type LinkerCommand } from './command/linker-command.ts';
import { parseObjcopyCommand, parseStripCommand, type ObjectToolCommand } from './command/object-tool-command.ts';
import { expandResponseFiles } from './command/response-file.ts';
import { isCompilerProper, toolOf, type CompilerFamily } from './command/tool.ts';

/** A program of a build that makes steps, with everything it started itself: a driver and its compiler, assembler, linker. */
export type Call = CallFacts & ToolCommand;

export interface CallFacts {
  readonly program: ProgramId;
  readonly parent: ProgramId | undefined;
  /** Absolute. */
  readonly directory: string;
  /** Launchers taken off and response files put in. */
  readonly argv: readonly string[];
  /** The tool's own, or, where a launcher started it, what that was told to start. */
  readonly executable: string;
  readonly environment: Readonly<Record<string, string>>;
  /** By the names that they have among the arguments. */
  readonly responseFiles: readonly string[];
}

type ToolCommand =
  | {
      readonly tool: 'compiler';
      readonly driver: 'c' | 'c++';
      readonly family: CompilerFamily;
      readonly command: CompilerCommand;
    }
  | { readonly tool: 'ar'; readonly command: ArchiveCommand }
  | { readonly tool: 'ranlib'; readonly archives: readonly string[] }
  | { readonly tool: 'ld'; readonly command: LinkerCommand }
  | { readonly tool: 'strip' | 'objcopy'; readonly command: ObjectToolCommand }
  | { readonly tool: 'as' };

/** What a program belongs to: the call whose work it does, or none. */
export type CallOf = (program: ProgramId) => Call | undefined;

/** Finds the calls of a trace. What only asks a compiler something, or has it preprocess, is none: no step could do it. */
export function callsOf(events: readonly TraceEvent[]): CallOf {
  const owners = new Map<ProgramId, Call>();
  for (const event of events) {
    if (event.kind !== 'started') continue;
    const outer = event.parent === undefined ? undefined : owners.get(event.parent);
    const call = outer ?? callOf(event);
    if (call !== undefined) owners.set(event.program, call);
  }
  return (program) => owners.get(program);
}

function callOf(started: ProgramStarted): Call | undefined {
  const launched = stripLaunchers(started.argv);
  // A launcher is the program that runs; what it starts has another file.
  const isLaunched = launched.argv !== started.argv;
  const [name = ''] = launched.argv;
  if (isCompilerProper(name, launched.argv)) return undefined;
  const expanded = expandResponseFiles(launched.argv, started.responseFiles);
  const argv = expanded.ok ? expanded.value : launched.argv;
  const command = commandOf(argv, isLaunched ? name : started.executable);
  if (command === undefined) return undefined;
  const environment = { ...started.environment };
  for (const { name: variable, value } of launched.environment) {
    if (value === undefined) Reflect.deleteProperty(environment, variable);
    else if (variable in environment || /PATH$|^NIX_/.test(variable)) environment[variable] = value;
  }
  const { program, parent, directory, responseFiles } = started;
  // Of a compiler cache that is called by a compiler's name, too.
  const isOwnFile = !isLaunched && toolOf(started.executable, started.executable).kind !== 'other';
  const executable = isOwnFile ? started.executable : name;
  const facts = { program, parent, directory, executable, argv, environment, responseFiles: [...responseFiles.keys()] };
  return { ...facts, ...command };
}

function commandOf(argv: readonly string[], executable: string): ToolCommand | undefined {
  const tool = toolOf(argv[0] ?? '', executable);
  switch (tool.kind) {
    case 'compiler': {
      const command = parseCompilerCommand(argv);
      const makesSteps = ['compile', 'link', 'precompile-header'].includes(command.action);
      return makesSteps ? { tool: 'compiler', driver: tool.driver, family: tool.family, command } : undefined;
    }
    case 'ar':
      return { tool: 'ar', command: parseArchiveCommand(argv) };
    case 'ranlib':
      return { tool: 'ranlib', archives: parseRanlibCommand(argv) };
    case 'ld': {
      const command = parseLinkerCommand(argv);
      return command.action === 'link' ? { tool: 'ld', command } : undefined;
    }
    case 'strip':
    case 'objcopy': {
      const command = tool.kind === 'strip' ? parseStripCommand(argv) : parseObjcopyCommand(argv);
      return command.action === 'rewrite' ? { tool: tool.kind, command } : undefined;
    }
    case 'as':
      return { tool: 'as' };
    case 'libtool':
    case 'inspector':
    case 'other':
      return undefined;
  }
}
