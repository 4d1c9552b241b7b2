import { openInMode } from '../compose.ts';
import type { CommonOptions, Mode } from '../options.ts';
import { contradiction, noSuchDirectory } from '../usage.ts';
import { runOneCycle } from './one-cycle.ts';

/** `makenix build [--dynamic]`: one cycle, and another where its outputs are collected before they are kept. */
export async function build(options: CommonOptions, mode: Mode, targets: readonly string[]): Promise<number> {
  const refused = contradiction(options, mode);
  if (refused !== undefined) return refused;
  const project = openInMode(options, mode, { targets, watch: false });
  return project === undefined ? noSuchDirectory(options.directory) : runOneCycle(project);
}
