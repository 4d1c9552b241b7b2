import { createHash } from 'node:crypto';
import type { Output } from '../model/events.ts';
import { trustedProjectPath, type StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import type { CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { RealisedOutput } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';
import { runNix } from '../nix/nix-command.ts';
import { storeName } from '../nix/store-name.ts';
import { stateDirectory } from './tree.ts';

/** Where an output lies on this machine: the store's own directory stands for `/`. */
export const physicalPath = (store: OpenedStore, outPath: string): string | undefined =>
  store.root === undefined ? undefined : `${store.root.replace(/\/$/, '')}${outPath}`;

/** `result`, `result-1`, … as `nix build` names them, in the order of the targets asked for. */
const resultLink = (position: number): string => (position === 0 ? 'result' : `result-${String(position)}`);

/**
 * Points the `result` links at the outputs. A name that is taken by something that is no link is left alone: the
 * output then says `link: null`.
 */
export function linkResults(
  files: ProjectFiles,
  store: OpenedStore,
  wanted: BuildPlan,
  outputs: ReadonlyMap<StepName, RealisedOutput>,
): readonly Output[] {
  return wanted.targets.flatMap((target, position): Output[] => {
    const output = outputs.get(target.step);
    if (output === undefined) return [];
    const step = wanted.products.find((product) => product.name === target.step);
    const file = `${target.kind === 'executable' ? 'bin' : 'lib'}/${step?.file ?? target.name}`;
    const name = resultLink(position);
    const link = trustedProjectPath(name);
    const destination = physicalPath(store, output.outPath) ?? output.outPath;
    try {
      if (files.readLink(link) !== destination) files.link(link, destination);
      return [{ target: target.name, ...output, file, link: name }];
    } catch {
      return [{ target: target.name, ...output, file, link: null }];
    }
  });
}

/**
 * Keeps outputs from being garbage-collected. Objects are garbage to Nix as soon as their product is linked; without a
 * root, the next edit after a collection would compile everything.
 *
 * A store in a directory of ours takes links in its own `gcroots`. Elsewhere Nix registers links in our state directory,
 * once for each; a registered link may then be pointed at another output without asking Nix again.
 */
export async function rootOutputs(
  files: ProjectFiles,
  storeFiles: ProjectFiles | undefined,
  commands: CommandRunner,
  store: OpenedStore,
  outputs: ReadonlyMap<StepName, RealisedOutput>,
): Promise<void> {
  if (storeFiles !== undefined) {
    const owner = createHash('sha256').update(files.root).digest('hex').slice(0, 16);
    for (const [step, { outPath }] of outputs) {
      const link = trustedProjectPath(`nix/var/nix/gcroots/makenix/${owner}/${storeName(step)}`);
      if (storeFiles.readLink(link) !== outPath) storeFiles.link(link, outPath);
    }
    return;
  }
  const unregistered: (readonly [string, string])[] = [];
  for (const [step, { outPath }] of outputs) {
    const link = trustedProjectPath(`${stateDirectory}/gcroots/${storeName(step)}`);
    const current = files.readLink(link);
    if (current === undefined) unregistered.push([link, outPath]);
    else if (current !== outPath) files.link(link, outPath);
  }
  for (const [link, outPath] of unregistered) {
    await runNix(commands, store.settings, ['build', '--out-link', `${files.root}/${link}`, outPath]);
  }
}
