import { exitCode } from '../../report/describe.ts';
import { openProject } from '../compose.ts';
import type { CommonOptions } from '../options.ts';
import { packageVersion } from '../package.ts';
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
  announce(events, tools, packageVersion());
  events.beginCycle();
  const stop = { abort: interrupts.signal, drain: interrupts.signal };
  const report = await builder.cycle('request', 'everything', stop);
  await builder.settle();
  const interrupted = interrupts.exitCode();
  const failed = report.outcome === 'failed';
  events.emit({
    kind: 'daemon-stopped',
    reason: interrupted === undefined ? (failed ? 'failed' : 'finished') : 'signal',
  });
  project.close();
  interrupts.release();
  if (interrupted !== undefined) return interrupted;
  return report.failure === undefined ? Number(failed) : exitCode(report.failure);
}
