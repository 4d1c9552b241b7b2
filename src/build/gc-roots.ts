import { createHash } from 'node:crypto';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import type { CommandRunner, ProjectFiles } from '../host/ports.ts';
import { runNix } from '../nix/nix-command.ts';
import type { OpenedStore } from '../nix/store.ts';
import { stateDirectory } from './tree.ts';

/**
 * Keeps outputs from being garbage-collected. Objects are garbage to Nix as soon as their product is linked; without a
 * root, the next edit after a collection would compile everything.
 *
 * Roots are a pool of links, each to one output; which is whose does not matter. Links that lead to nothing wanted any
 * more are pointed at what has none yet, and only what is then left over is made or removed: where Nix has to register
 * a link (a process), it does so once, and a registered link may be pointed elsewhere without asking again.
 *
 * A store in a directory of ours takes links in its own `gcroots` (`storeFiles`); elsewhere they are in the state directory.
 */
export async function rootOutputs(
  files: ProjectFiles,
  storeFiles: ProjectFiles | undefined,
  commands: CommandRunner,
  store: OpenedStore,
  outPaths: readonly string[],
): Promise<void> {
  if (storeFiles !== undefined) {
    const owner = createHash('sha256').update(files.root).digest('hex').slice(0, 16);
    const pool = trustedProjectPath(`nix/var/nix/gcroots/makenix/${owner}`);
    const { unrooted, freeName } = assign(storeFiles, pool, outPaths);
    for (const outPath of unrooted) storeFiles.link(at(pool, freeName()), outPath);
    return;
  }
  const pool = trustedProjectPath(`${stateDirectory}/gcroots`);
  const { unrooted, freeName } = assign(files, pool, outPaths);
  if (unrooted.length === 0) return;
  // Nix names them NAME, NAME-1, …
  const prefix = `${files.root}/${pool}/${freeName()}`;
  await runNix(commands, store.settings, ['build', '--out-link', prefix, ...unrooted]);
}

/** Points free links at outputs that have none and removes the rest; returns the outputs for which there was no link. */
function assign(
  files: ProjectFiles,
  pool: ProjectPath,
  outPaths: readonly string[],
): { readonly unrooted: readonly string[]; readonly freeName: () => string } {
  const names = new Set(files.names(pool));
  const unrooted = new Set(outPaths);
  const free: string[] = [];
  for (const name of names) {
    // Taken out when found, so that a second link to the same output is a free one.
    if (!unrooted.delete(files.readLink(at(pool, name)) ?? '')) free.push(name);
  }
  for (const outPath of [...unrooted].slice(0, free.length)) {
    const name = free.pop();
    if (name === undefined) break;
    files.link(at(pool, name), outPath);
    unrooted.delete(outPath);
  }
  for (const name of free) files.remove(at(pool, name));
  let next = 0;
  const freeName = (): string => {
    while (names.has(`root-${String(next)}`)) next++;
    return `root-${String(next++)}`;
  };
  return { unrooted: [...unrooted], freeName };
}

const at = (directory: ProjectPath, name: string): ProjectPath => trustedProjectPath(`${directory}/${name}`);
