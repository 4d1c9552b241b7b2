import type { FrontEnd } from '../../build/front-end.ts';
import { exitCode } from '../../report/describe.ts';
import type { Project } from '../compose.ts';
import { listenForSignals } from '../signals.ts';
import { announce, warnOfStalePlan } from './announce.ts';

/** How often what was collected at once is made again. */
const mostRepairs = 3;

/**
 * Builds once (and again where its outputs are collected before they are kept), and after a good build does what comes `then`, which returns an exit code. Closes the project, and returns
 * the exit code of all of it.
 */
export async function runOneCycle<F extends FrontEnd>(
  project: Project<F>,
  then: (signal: AbortSignal) => Promise<number> = () => Promise.resolve(0),
): Promise<number> {
  const { builder, events } = project;
  const interrupts = listenForSignals();
  const tools = await project.frontEnd.open();
  let code: number;
  if (tools.ok) {
    announce(events, tools.value);
    events.beginCycle();
    const { signal } = interrupts;
    const stop = { abort: signal, drain: signal };
    let report = await builder.cycle('request', 'everything', stop);
    let collected = await builder.settle();
    // Somebody may collect garbage all the time; what was kept once stays.
    for (let again = 0; collected.length > 0 && again < mostRepairs && !signal.aborted; again++) {
      events.beginCycle();
      report = await builder.cycle('change', new Set(collected), stop);
      collected = await builder.settle();
    }
    warnOfStalePlan(project);
    const isGood = report.outcome === 'built' || report.outcome === 'up-to-date';
    if (report.failure !== undefined) code = exitCode(report.failure);
    else if (isGood) code = await then(signal);
    else code = Number(report.outcome === 'failed');
    events.emit({ kind: 'daemon-stopped', reason: signal.aborted ? 'signal' : code === 0 ? 'finished' : 'failed' });
  } else {
    events.emit({ kind: 'failure', failure: tools.failure });
    code = exitCode(tools.failure);
  }
  await project.frontEnd.close();
  project.close();
  interrupts.release();
  return interrupts.exitCode() ?? code;
}
