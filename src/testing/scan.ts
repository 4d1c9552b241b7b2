import type { CommandRunner } from '../host/ports.ts';
import { nodeClock } from '../host/node-clock.ts';
import { createNodeCommands } from '../host/node-commands.ts';
import { createNodeFiles } from '../host/node-files.ts';
import type { CompileStep } from '../model/plan.ts';
import { FileIndex } from '../scan/file-index.ts';
import { scanUnits, type ScanReport } from '../scan/scanner.ts';

const compiler = {
  cc: '/usr/bin/cc',
  cxx: '/usr/bin/c++',
  env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  systemDirectories: ['/usr/'],
  systemSearch: ['/usr/include'],
  packageFlags: () => [],
};

/** Scans units of the project in `root` all at once, with the compiler of this machine, which runs as often as is said. */
export async function scanWithCompiler(
  root: string,
  steps: readonly CompileStep[],
): Promise<{ readonly reports: readonly ScanReport[]; readonly processes: number }> {
  const files = createNodeFiles(root);
  const index = new FileIndex(files, nodeClock);
  const known = {
    files,
    listing: new Set(files.list((path) => path.startsWith('.makenix'))),
    factsOf: (path: Parameters<FileIndex['get']>[0]) => {
      index.admit([path]);
      return index.get(path);
    },
  };
  let processes = 0;
  const own = createNodeCommands(process.env);
  const commands: CommandRunner = {
    ...own,
    run(command) {
      processes++;
      return own.run(command);
    },
  };
  const reports: ScanReport[] = [];
  await scanUnits(steps, compiler, known, commands, {
    jobs: 1,
    signal: new AbortController().signal,
    onReport: (report) => reports.push(report),
  });
  return { reports, processes };
}
