import { posix } from 'node:path';
import { fail, ok, type Result } from '../../model/result.ts';
import { quotedWords } from '../command/quoted-words.ts';
import type { ShellProblem } from '../command/shell-tokens.ts';
import { parseShellCommand } from '../command/shell-words.ts';

/** A program as a command line starts it. */
export interface StartedProgram {
  readonly argv: readonly string[];
  /** Absolute. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The programs that a shell would start for a command line, in their order, where no more than reading it is needed to know
 * them. `cd` is followed; what only says that all is well (`:`) is left out.
 */
export function programsOf(text: string, directory: string): Result<readonly StartedProgram[], ShellProblem> {
  const commands = parseShellCommand(text);
  if (!commands.ok) return commands;
  const programs: StartedProgram[] = [];
  const own: Record<string, string> = {};
  let place = directory;
  for (const { assignments, words } of commands.value) {
    const environment = { ...own, ...Object.fromEntries(assignments.map(({ name, value }) => [name, value])) };
    const [name, ...args] = words;
    // `A=b; cc …`: of no account but for variables that were there before, which a compiler is told of all the same.
    if (name === undefined) Object.assign(own, environment);
    else if (name === 'cd') place = posix.resolve(place, args.findLast((word) => !word.startsWith('-')) ?? '.');
    else if (name !== ':' && name !== 'true') programs.push({ argv: words, directory: place, environment });
  }
  return ok(programs);
}

/** What a shell does more with than the format's own rules have it do. */
const forShellsOnly = new Set<ShellProblem['problem']>(['variable', 'glob', 'tilde', 'subshell', 'compound-command']);

/**
 * The program of an entry's `command`. It is written for a shell, whose rules go into more detail than the format's own.
 * Where a shell would look something up (`$ORIGIN`, `*`), the format's hold: quotes and backslashes alone mean something.
 */
export function entryProgram(command: string, directory: string): Result<StartedProgram, ShellProblem> {
  const programs = programsOf(command, directory);
  if (programs.ok) {
    const [only, ...others] = programs.value;
    return only === undefined || others.length > 0 ? fail({ at: 0, problem: 'missing-command' }) : ok(only);
  }
  if (!forShellsOnly.has(programs.failure.problem)) return programs;
  const argv = plainWords(command);
  return argv.ok ? ok({ argv: argv.value, directory, environment: {} }) : argv;
}

/** As clang reads a `command` (JSONCompilationDatabase.cpp). */
function plainWords(command: string): Result<readonly string[], ShellProblem> {
  const { words, isOpen } = quotedWords(command, 'literal');
  return isOpen ? fail({ at: command.length, problem: 'unfinished-quote' }) : ok(words);
}

/** In the words of people. */
export function shellProblem({ problem }: ShellProblem): string {
  switch (problem) {
    case 'unfinished-quote':
      return 'a quote that is not closed';
    case 'missing-command':
    case 'missing-target':
      return 'it is not one command';
    case 'pipe':
    case 'or':
    case 'background':
    case 'subshell':
    case 'here-document':
    case 'compound-command':
      return 'a shell has to run it: it is more than one program after another';
    case 'substitution':
    case 'variable':
    case 'tilde':
    case 'glob':
      return 'a shell has to run it: it has to look something up';
  }
}
