import { exitCode } from '../../report/describe.ts';
import { openInMode } from '../compose.ts';
import type { CommonOptions, Mode } from '../options.ts';
import { listenForSignals } from '../signals.ts';
import { contradiction, noSuchDirectory } from '../usage.ts';
import { announce, warnOfStalePlan } from './announce.ts';

/** How often what was collected at once is made again. */
const mostRepairs = 3;

/** `makenix build [--dynamic]`: one cycle, and another where its outputs are collected before they are kept. */
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
    const stop = { abort: interrupts.signal, drain: interrupts.signal };
    events.beginCycle();
    let report = await builder.cycle('request', 'everything', stop);
    let collected = await builder.settle();
    // Somebody may collect garbage all the time; what was kept once stays.
    for (let again = 0; collected.length > 0 && again < mostRepairs && !interrupts.signal.aborted; again++) {
      events.beginCycle();
      report = await builder.cycle('change', new Set(collected), stop);
      collected = await builder.settle();
    }
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
