import { exitCode } from '../../report/describe.ts';
import { openProject } from '../compose.ts';
import type { CommonOptions } from '../options.ts';
import { listenForSignals } from '../signals.ts';
import { noSuchDirectory } from '../usage.ts';
import { announce } from './announce.ts';

/** `makenix build`: one cycle. */
export async function build(options: CommonOptions, targets: readonly string[]): Promise<number> {
  const project = openProject(options, { targets, watch: false });
  if (project === undefined) return noSuchDirectory(options.directory);
  const { builder, events } = project;
  const interrupts = listenForSignals();
  const tools = await builder.open();
  let failure = tools.ok ? undefined : tools.failure;
  let failed = !tools.ok;
  if (tools.ok) {
    announce(events, tools.value);
    events.beginCycle();
    const report = await builder.cycle('request', 'everything', { abort: interrupts.signal, drain: interrupts.signal });
    await builder.settle();
    failure = report.failure;
    failed = report.outcome === 'failed';
    const reason = interrupts.signal.aborted ? 'signal' : failed ? 'failed' : 'finished';
    events.emit({ kind: 'daemon-stopped', reason });
  } else {
    events.emit({ kind: 'failure', failure: tools.failure });
  }
  project.close();
  interrupts.release();
  return interrupts.exitCode() ?? (failure === undefined ? Number(failed) : exitCode(failure));
}
