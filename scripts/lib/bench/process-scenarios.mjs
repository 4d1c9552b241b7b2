/** Scenarios in which a process starts, does its work and ends. */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupError } from '../main.mjs';
import { makenixPlace } from './makenix-place.mjs';
import { runNinja, writeNinjaTree } from './ninja-builder.mjs';
import { untilReady } from './watch-builder.mjs';
import { startSession } from './watch-session.mjs';
import { removeAll } from './workspace.mjs';

/** @typedef {import('./scenario.mjs').Scenario} Scenario */

/** Nothing to do, and how long it takes to find that out. @type {Scenario} */
export const noOp = {
  name: 'no-op',
  title: 'nothing to do, whole process',
  run: async (site, measured) => {
    const place = await site.makenix();
    const ninja = await site.ninja();
    await place.build();
    return measured([
      {
        name: 'makenix build',
        round: async () => {
          const { ms, cycle } = await place.build();
          if (cycle.outcome !== 'up-to-date') throw new SetupError('failed', 'makenix found something to do');
          return { ms, parts: { cycle: cycle.ms } };
        },
      },
      {
        name: 'ninja',
        round: async () => {
          const { ms, output } = await runNinja(site.project, ninja.tree, site.context);
          if (!output.includes('no work to do')) throw new SetupError('failed', 'ninja found something to do');
          return { ms };
        },
      },
    ]);
  },
};

/** `makenix watch` on a built tree, from the start of the process until it watches and knows that nothing is to do. @type {Scenario} */
export const coldStart = {
  name: 'cold-start',
  title: 'start of watch on a built tree',
  run: async (site, measured) => {
    const { env, signal, workspace } = site.context;
    const place = await site.makenix();
    // A scenario before may have left it otherwise.
    await place.build();
    const log = join(workspace.directory, 'watch.log');
    const round = async () => {
      const session = startSession({ command: place.command('watch'), env, signal, log });
      try {
        const { ready, upToDate } = await untilReady(session);
        const { startedAt } = session;
        const parts = { ready: ready - startedAt, 'up to date': upToDate - startedAt };
        await session.idle();
        return { ms: Math.max(ready, upToDate) - startedAt, parts, peakMemory: session.peakMemory() };
      } finally {
        await session.stop();
      }
    };
    return measured([{ name: 'makenix watch', round }]);
  },
};

/**
 * From sources alone, in an empty store.
 *
 * @param {Pick<Scenario, 'isLong'>} options
 * @returns {Scenario}
 */
export const coldBuild = (options) => ({
  ...options,
  name: 'cold-build',
  title: 'first build, in an empty store',
  // Nothing of it is fast enough for the warmth of a cache to show.
  times: { warmups: 0, rounds: 1 },
  run: async (site, measured) => {
    const { project, context } = site;
    return measured([
      {
        name: 'makenix build',
        round: async () => {
          const place = makenixPlace(project, site.fresh('cold-makenix'), context);
          const { ms } = await place.build();
          removeAll(dirname(place.tree));
          return { ms };
        },
      },
      {
        name: 'ninja',
        round: async () => {
          const tree = site.fresh('cold-ninja');
          writeNinjaTree(project, tree);
          const { ms } = await runNinja(project, tree, context);
          rmSync(tree, { recursive: true });
          return { ms };
        },
      },
    ]);
  },
});
