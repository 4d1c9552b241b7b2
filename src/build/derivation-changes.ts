import type { Reason } from '../model/events.ts';
import { bytewise } from '../model/order.ts';
import type { StoreDerivation } from '../nix/aterm.ts';
import { parseRecords } from '../nix/input-records.ts';
import { configFile } from '../plan/definition-files.ts';

/**
 * Why one step has another derivation than before, read off the two: what Nix goes by is what is told. Empty where only
 * inputs differ that were made anew themselves, which is for whoever knows of them to say. In bytewise order of paths.
 * `toolchain`: how to call it.
 */
export function derivationChanges(
  before: StoreDerivation,
  after: StoreDerivation,
  toolchain: string,
): readonly Reason[] {
  const old = filesOf(before);
  const now = filesOf(after);
  const reasons: Reason[] = [];
  for (const [path, { kind, file }] of now) {
    const known = old.get(path);
    if (known === undefined) reasons.push({ path, change: 'added' });
    // What is linked is a step of its own, and not a file that anybody edits.
    else if (known.file !== file && kind === 'c') reasons.push({ path, change: 'modified' });
  }
  for (const path of old.keys()) if (!now.has(path)) reasons.push({ path, change: 'removed' });
  const isOtherTool = toolsOf(before) !== toolsOf(after);
  if (isOtherTool) reasons.push({ path: toolchain, change: 'toolchain' });
  // Objects and libraries of a product are arguments too: where those differ, it has been said.
  else if (reasons.length === 0 && argumentsOf(before) !== argumentsOf(after)) {
    reasons.push({ path: configFile, change: 'flags' });
  }
  return reasons.sort((a, b) => bytewise(a.path, b.path));
}

const filesOf = ({ env }: StoreDerivation) =>
  new Map(parseRecords(env.get('inputs') ?? '').map((record) => [record.path, record]));

const toolsOf = ({ env, builder }: StoreDerivation): string =>
  [builder, env.get('PATH'), env.get('fingerprint')].join('\n');

/** Placeholders stand for steps, which are told apart by themselves. */
const argumentsOf = ({ args }: StoreDerivation): string => args.join('\0').replace(/\/[0-9a-z]{52}/g, '');
