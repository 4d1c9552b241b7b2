import type { CycleReport } from '../../build/builder.ts';
import { nodeClock } from '../../host/node-clock.ts';
import { holdsGitLock } from '../../host/node-git-lock.ts';
import { nodeWatcher } from '../../host/node-watcher.ts';
import { exitCode } from '../../report/describe.ts';
import { runDaemon } from '../../watch/daemon.ts';
import { openInMode, type Project } from '../compose.ts';
import { endProcess } from '../end-process.ts';
import { keepImported } from '../keep-imported.ts';
import type { CommonOptions, Mode } from '../options.ts';
import { listenForSignals } from '../signals.ts';
import { contradiction, noSuchDirectory } from '../usage.ts';
import { lockForWatch } from '../watch-lock.ts';
import { announce } from './announce.ts';

/** `makenix watch`: cycles until a signal comes. A failed cycle never ends it; a missing tool does. */
export async function watch(
  options: CommonOptions,
  mode: Mode,
  targets: readonly string[],
  command: readonly string[],
): Promise<number> {
  const refused = contradiction(options, mode);
  if (refused !== undefined) return refused;
  const project = openInMode(options, mode, { targets, watch: true });
  if (project === undefined) return noSuchDirectory(options.directory);
  const { builder, events, files } = project;
  const lock = lockForWatch(files);
  if (!lock.ok) {
    events.emit({ kind: 'failure', failure: lock.failure });
    project.close();
    return exitCode(lock.failure);
  }
  const interrupts = listenForSignals();
  const tools = await project.frontEnd.open();
  const runner = afterBuild(project, command);
  const reimporter = keepImported(project);
  if (tools.ok) {
    announce(events, tools.value);
    const ports = {
      root: files.root,
      watcher: nodeWatcher,
      clock: nodeClock,
      emit: events.emit,
      beginCycle: () => {
        lock.value.renew();
        events.beginCycle();
      },
      isInTransition: () => holdsGitLock(files.root, nodeClock.now()),
    };
    await runDaemon(ports, builder, interrupts.signal, (report) => {
      runner.cycleEnded(report);
      reimporter.cycleEnded(report);
    });
  } else {
    events.emit({ kind: 'failure', failure: tools.failure });
  }
  await Promise.all([runner.stop(), reimporter.stop()]);
  await project.frontEnd.close();
  if (tools.ok) events.emit({ kind: 'daemon-stopped', reason: 'signal' });
  project.close();
  lock.value.release();
  interrupts.release();
  return endProcess(tools.ok ? (interrupts.exitCode() ?? 0) : exitCode(tools.failure));
}

/** The user's command after each good build. One that still runs when the next good build is there is ended first. */
function afterBuild({ commands, events, files }: Project, command: readonly string[]) {
  const [file, ...args] = command;
  let running: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;
  const stop = async (): Promise<void> => {
    running?.controller.abort();
    await running?.ended;
  };
  const start = async (signal: AbortSignal): Promise<void> => {
    if (file === undefined) return;
    events.emit({ kind: 'command-started', argv: command });
    const result = await commands.run({ file, args, cwd: files.root, inherit: true, signal });
    events.emit({ kind: 'command-finished', exitCode: result.exitCode ?? null, ms: result.ms });
  };
  return {
    stop,
    cycleEnded: ({ outcome }: CycleReport): void => {
      if (file === undefined || outcome !== 'built') return;
      const previous = stop();
      const controller = new AbortController();
      running = {
        controller,
        ended: previous.then(() => (controller.signal.aborted ? undefined : start(controller.signal))),
      };
    },
  };
}
