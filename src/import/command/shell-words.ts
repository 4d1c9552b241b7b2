import { fail, ok } from '../../model/result.ts';
import type { Result } from '../../model/result.ts';
import { shellTokens } from './shell-tokens.ts';
import type { Redirection, ShellProblem, ShellToken } from './shell-tokens.ts';

/** A program and its words, as a shell would start it. */
export interface SimpleCommand {
  /** What joins it to the command before: `&&` runs it only after a success. Undefined for the first. */
  readonly after: '&&' | ';' | undefined;
  /** `A=b` in front of the program. */
  readonly assignments: readonly { readonly name: string; readonly value: string }[];
  /** The program and its arguments; none where there are only assignments or redirections. */
  readonly words: readonly string[];
  readonly redirections: readonly Redirection[];
}

/** Words that begin or end what is more than a simple command. */
const reserved = new Set('! { } case do done elif else esac fi for function if in then until while'.split(' '));

/**
 * Reads a command line for a POSIX shell of the simple kind that build tools write (build.ninja, compile_commands.json):
 * commands joined by `&&`, `;` or line breaks. Whatever a shell would have to look something up for, or that takes more than
 * starting one program after another, is a failure: then somebody has to watch the shell do it.
 */
export function parseShellCommand(text: string): Result<readonly SimpleCommand[], ShellProblem> {
  const tokens = shellTokens(text);
  if (!tokens.ok) return tokens;
  const commands: SimpleCommand[] = [];
  let after: SimpleCommand['after'];
  let waiting = false;
  let start = 0;
  for (let at = 0; at <= tokens.value.length; at++) {
    const token = tokens.value[at];
    if (token !== undefined && token.kind !== 'join') continue;
    const command = simpleCommand(tokens.value.slice(start, at), after);
    if (!command.ok) return command;
    start = at + 1;
    if (command.value !== undefined) {
      commands.push(command.value);
      waiting = false;
      // `a &&` goes on in the next line, but not after the next `;`.
    } else if (token?.isLineBreak !== true && (waiting || token !== undefined)) {
      return fail({ at: token?.at ?? text.length, problem: 'missing-command' });
    }
    if (token === undefined || (command.value === undefined && token.isLineBreak)) continue;
    after = token.operator;
    waiting = token.operator === '&&';
  }
  return waiting ? fail({ at: text.length, problem: 'missing-command' }) : ok(commands);
}

function simpleCommand(
  tokens: readonly ShellToken[],
  after: SimpleCommand['after'],
): Result<SimpleCommand | undefined, ShellProblem> {
  if (tokens.length === 0) return ok(undefined);
  const assignments: { readonly name: string; readonly value: string }[] = [];
  const words: string[] = [];
  const redirections: Redirection[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind === 'redirect') {
      const target = tokens[++at];
      if (target?.kind !== 'word') return fail({ at: token.at, problem: 'missing-target' });
      redirections.push({ descriptor: token.descriptor, operator: token.operator, target: target.text });
    } else if (token?.kind === 'word') {
      if (words.length === 0 && token.assigns !== undefined) {
        assignments.push({ name: token.assigns, value: token.text.slice(token.assigns.length + 1) });
      } else {
        if (words.length === 0 && token.isBare && reserved.has(token.text)) {
          return fail({ at: token.at, problem: 'compound-command' });
        }
        words.push(token.text);
      }
    }
  }
  return ok({ after, assignments, words, redirections });
}
