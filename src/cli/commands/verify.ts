import { nodeClock } from '../../host/node-clock.ts';
import { createNodeFiles } from '../../host/node-files.ts';
import { makeTemporaryDirectory } from '../../host/node-machine.ts';
import { exitCode } from '../../report/describe.ts';
import { verifyObjects } from '../../verify/verification.ts';
import { openProject } from '../compose.ts';
import type { CommonOptions, Mode } from '../options.ts';
import { noSuchDirectory } from '../usage.ts';
import { complain } from './inspection.ts';
import { runOneCycle } from './one-cycle.ts';

/** `makenix verify`: one cycle, and then every object is held against one that is compiled in the tree. */
export async function verify(options: CommonOptions, mode: Mode, targets: readonly string[]): Promise<number> {
  if (mode.dynamic === true) {
    return complain(
      'makenix verify does not ask Nix which objects there are in dynamic mode',
      'leave out --dynamic: both modes have the same derivations of objects, so that one stands for the other',
    );
  }
  const project = openProject(options, { targets, watch: false });
  if (project === undefined) return noSuchDirectory(options.directory);
  const { frontEnd, events, files, commands } = project;
  return runOneCycle(project, async (signal) => {
    const scratch = makeTemporaryDirectory();
    try {
      const objects = await frontEnd.builtObjects({ abort: signal, drain: signal });
      if (objects === undefined || signal.aborted) return 1;
      const ports = {
        ...{ files, commands, clock: nodeClock, emit: events.emit },
        machine: createNodeFiles('/'),
        scratch: createNodeFiles(scratch.directory),
      };
      const verified = objects.ok ? await verifyObjects(ports, objects.value, { jobs: options.jobs, signal }) : objects;
      if (verified.ok) return Number(verified.value.outcome !== 'verified');
      events.emit({ kind: 'failure', failure: verified.failure });
      return exitCode(verified.failure);
    } finally {
      scratch.remove();
    }
  });
}
