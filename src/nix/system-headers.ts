import { createHash } from 'node:crypto';
import type { CommandRunner, ProjectFiles } from '../host/ports.ts';
import { sortedUnique } from '../model/order.ts';

/** The drivers to ask, and the environment to ask them in. */
export interface HeaderSearch {
  readonly drivers: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Further directories that packages stand for. */
  readonly directories: readonly string[];
}

/**
 * A digest of all headers that the machine's own compiler could come upon outside the project: the names, sizes and
 * times of what lies below its search path. In dynamic mode it is an input of every scan, since what a scan reads of the
 * machine is nothing that Nix sees. Contents are left to the scan; it hashes those that it reads.
 *
 * `openFiles` gives the files below a directory. Takes some tens of milliseconds, so it is asked for once a run.
 */
export async function digestSystemHeaders(
  commands: CommandRunner,
  { drivers, env, directories }: HeaderSearch,
  openFiles: (directory: string) => ProjectFiles,
): Promise<string> {
  const told = await Promise.all(
    drivers.map(async (driver) => {
      const language = driver.endsWith('++') ? 'c++' : 'c';
      const { stderr } = await commands.run({ file: driver, args: ['-E', '-v', '-x', language, '/dev/null'], env });
      return /^#include <\.\.\.> search starts here:\n((?: .*\n)*)/m.exec(stderr)?.[1]?.split('\n') ?? [];
    }),
  );
  const digest = createHash('sha256');
  for (const directory of sortedUnique([...told.flat().map((line) => line.trim()), ...directories])) {
    if (directory === '') continue;
    digest.update(`${directory}\n`);
    for (const path of sortedUnique(filesBelow(openFiles, directory))) digest.update(`${path}\n`);
  }
  return digest.digest('hex').slice(0, 32);
}

function filesBelow(openFiles: (directory: string) => ProjectFiles, directory: string): readonly string[] {
  let files: ProjectFiles;
  try {
    files = openFiles(directory);
  } catch {
    // Compilers search in directories that need not be there.
    return [];
  }
  return files
    .list(() => false)
    .map((path) => {
      const stamp = files.stat(path);
      return `${path} ${String(stamp?.size)} ${String(stamp?.mtimeNs)}`;
    });
}
