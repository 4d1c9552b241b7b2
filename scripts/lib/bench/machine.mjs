import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { repository } from '../prepare.mjs';
import { mustRun } from '../run.mjs';

/**
 * What figures depend on besides what is measured.
 *
 * @typedef {object} Machine
 * @property {string} date of the run, ISO 8601
 * @property {string} processor
 * @property {number} processors that may be used
 * @property {number} memory bytes
 * @property {string} system
 * @property {string} fileSystem of trees and stores
 * @property {number} load other people's work: processes that wanted to run in the minute before
 * @property {Readonly<Record<'makenix' | 'nix' | 'gcc' | 'ninja' | 'node', string>>} versions
 */

/**
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<Machine>}
 */
export async function describeMachine({ env, signal, workspace }) {
  const first = async (/** @type {string} */ program) =>
    ((await mustRun(program, ['--version'], { env, signal })).split('\n')[0] ?? '').trim();
  const manifest = /** @type {{ version: string }} */ (
    JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
  );
  const [load = 0] = loadavg();
  return {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    processors: availableParallelism(),
    memory: totalmem(),
    // Without what a distribution or a host has added to the number.
    system: `${type()} ${release().replace(/-.*$/, '')}`,
    fileSystem: workspace.fileSystem,
    load,
    versions: {
      makenix: manifest.version,
      nix: (await first('nix')).replace(/^.* /, ''),
      gcc: (await first('cc')).replace(/^.* /, ''),
      ninja: await first('ninja'),
      node: process.versions.node,
    },
  };
}
