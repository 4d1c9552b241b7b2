import type { ExpressionFrontEnd } from '../../build/expression-front-end.ts';
import type { Prepared } from '../../build/session.ts';
import { exitCode } from '../../report/describe.ts';
import { errorText } from '../../report/error-text.ts';
import { printable } from '../../report/printable.ts';
import { openProject, type Project } from '../compose.ts';
import type { CommonOptions } from '../options.ts';
import { listenForSignals } from '../signals.ts';
import { noSuchDirectory } from '../usage.ts';

/**
 * Runs a command that looks at the project and builds nothing: the tree is scanned, nothing is written but the traces.
 * The answer goes to standard output.
 */
export async function inspect(
  options: CommonOptions,
  answer: (prepared: Prepared, project: Project<ExpressionFrontEnd>) => number,
): Promise<number> {
  const project = openProject(options, { targets: [], watch: false });
  if (project === undefined) return noSuchDirectory(options.directory);
  const interrupts = listenForSignals();
  const prepared = await project.frontEnd.session.prepare('everything', interrupts.signal);
  let code = 1;
  if (!prepared.ok) {
    project.events.emit({ kind: 'failure', failure: prepared.failure });
    code = exitCode(prepared.failure);
  } else if (prepared.value !== undefined) {
    code = answer(prepared.value, project);
    project.builder.save();
  }
  project.close();
  interrupts.release();
  return interrupts.exitCode() ?? code;
}

/** Lines for people: a terminal obeys nothing in them. */
export const print = (lines: readonly string[]): void =>
  void process.stdout.write(`${lines.map(printable).join('\n')}\n`);

export function complain(what: string, hint: string): number {
  process.stderr.write(`${errorText({ what, hint })}\n`);
  return 2;
}
