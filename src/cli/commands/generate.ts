import type { Prepared } from '../../build/session.ts';
import { exitCode } from '../../report/describe.ts';
import { printable } from '../../report/printable.ts';
import { openProject, type Project } from '../compose.ts';
import type { ExpressionFrontEnd } from '../../build/expression-front-end.ts';
import type { CommonOptions } from '../options.ts';
import { listenForSignals } from '../signals.ts';
import { noSuchDirectory } from '../usage.ts';
import { warnOfStalePlan } from './announce.ts';
import { compareExpressions, sayStale } from './staleness.ts';

export interface GenerateOptions {
  /** Write nothing, and say whether the file is what the tree gives. */
  readonly check: boolean;
  /** Of what the next commit would contain, instead of the files as they are. */
  readonly staged: boolean;
  /** With `staged`: stage the file that the rest of what is staged gives. */
  readonly fix: boolean;
}

/**
 * `makenix generate`: writes `derivation.nix`, or with `--check` says whether it is what the tree gives. Needs a
 * compiler, and no Nix.
 */
export async function generate(options: CommonOptions, more: GenerateOptions): Promise<number> {
  if (more.staged) {
    const { checkStaged } = await import('./staged.ts');
    return checkStaged(options, more);
  }
  const project = openProject(options, { targets: [], watch: false, ...(more.check ? { isCheck: true } : {}) });
  if (project === undefined) return noSuchDirectory(options.directory);
  const interrupts = listenForSignals();
  const code = await (more.check ? check(project, options, interrupts.signal) : write(project, interrupts.signal));
  project.close();
  interrupts.release();
  return interrupts.exitCode() ?? code;
}

const say = (text: string): void => void process.stderr.write(`${printable(text)}\n`);

async function write(project: Project<ExpressionFrontEnd>, signal: AbortSignal): Promise<number> {
  const { frontEnd, builder, events } = project;
  const generated = await frontEnd.generate('everything', signal);
  if (!generated.ok) {
    events.emit({ kind: 'failure', failure: generated.failure });
    return exitCode(generated.failure);
  }
  if (generated.value === undefined) return 1;
  builder.save();
  warnOfStalePlan(project);
  say(`${frontEnd.tree.output} describes ${stepCount(generated.value)} steps`);
  return generated.value.blocked.size > 0 ? 1 : 0;
}

async function check(
  project: Project<ExpressionFrontEnd>,
  options: CommonOptions,
  signal: AbortSignal,
): Promise<number> {
  const { frontEnd, builder, events } = project;
  const checked = await frontEnd.check(signal);
  if (!checked.ok) {
    events.emit({ kind: 'failure', failure: checked.failure });
    return 2;
  }
  if (checked.value === undefined) return 2;
  builder.save();
  warnOfStalePlan(project);
  const { output } = frontEnd.tree;
  const verdict = compareExpressions(checked.value);
  if (verdict === 'fresh') say(`${output} is up to date`);
  else await sayStale(output, checked.value, verdict, { options, isStaged: false, mend: 'makenix generate' });
  return { fresh: 0, stale: 1, unknown: 2 }[verdict];
}

const stepCount = ({ expression }: Prepared): string => String(expression.stanzas.size);
