import { exitCode } from '../../report/describe.ts';
import { openInMode } from '../compose.ts';
import type { CommonOptions, Mode } from '../options.ts';
import { listenForSignals } from '../signals.ts';
import { contradiction, noSuchDirectory } from '../usage.ts';
import { announce, warnOfStalePlan } from './announce.ts';

/** `makenix build [--dynamic]`: one cycle. */
export async function build(options: CommonOptions, mode: Mode, targets: readonly string[]): Promise<number> {
  const refused = contradiction(options, mode);
  if (refused !== undefined) return refused;
  const project = openInMode(options, mode, { targets, watch: false });
  if (project === undefined) return noSuchDirectory(options.directory);
  const { builder, events } = project;
  const interrupts = listenForSignals();
  const tools = await project.frontEnd.open();
  let failure = tools.ok ? undefined : tools.failure;
  let failed = !tools.ok;
  if (tools.ok) {
    announce(events, tools.value);
    events.beginCycle();
    const report = await builder.cycle('request', 'everything', { abort: interrupts.signal, drain: interrupts.signal });
    await builder.settle();
    warnOfStalePlan(project);
    failure = report.failure;
    failed = report.outcome === 'failed';
    const reason = interrupts.signal.aborted ? 'signal' : failed ? 'failed' : 'finished';
    events.emit({ kind: 'daemon-stopped', reason });
  } else {
    events.emit({ kind: 'failure', failure: tools.failure });
  }
  await project.frontEnd.close();
  project.close();
  interrupts.release();
  return interrupts.exitCode() ?? (failure === undefined ? Number(failed) : exitCode(failure));
}
