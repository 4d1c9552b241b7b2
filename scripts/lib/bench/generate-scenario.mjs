import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../main.mjs';
import { eventsOf, makenix } from './makenix-place.mjs';
import { timedWithMemory } from './memory.mjs';
import { timed } from './stopwatch.mjs';

/**
 * `makenix generate` where every unit has been scanned before and none has changed, but the expression has to be
 * written: the whole of it, and nothing else. Needs no Nix, and has nobody to be compared with.
 *
 * @type {import('./scenario.mjs').Scenario}
 */
export const generate = {
  name: 'generate',
  title: 'generate, nothing to scan',
  run: async ({ project, context, fresh }, measured) => {
    const { env, signal, say } = context;
    const tree = fresh('generate');
    project.write(tree);
    const expression = join(tree, 'derivation.nix');
    const args = [makenix, 'generate', '--json', '-C', tree, '--toolchain', 'host', '--jobs', String(context.jobs)];
    say(`${project.name}: scanning everything once`);
    await timed(process.execPath, args, { env, signal });

    const round = async () => {
      rmSync(expression);
      const { ms, stdout, peakMemory } = await timedWithMemory(process.execPath, args, { env, signal });
      if (!existsSync(expression)) throw new SetupError('failed', 'makenix generate wrote nothing');
      if (eventsOf(stdout).some((event) => event.kind === 'unit-scanned')) {
        throw new SetupError('failed', 'makenix generate scanned what it had scanned before');
      }
      return { ms, peakMemory };
    };
    return measured([{ name: 'makenix generate', round }]);
  },
};
