import { relative } from 'node:path';
import { watch } from 'chokidar';
import { projectPath } from '../model/ids.ts';
import type { Watcher } from './ports.ts';

/**
 * chokidar, with its raw events: every one is a hint to look at a path and none is believed. Its own settling
 * (`awaitWriteFinish`, 2 s) and `atomic` (removals 100 ms late) would stand between a save and the compiler; the
 * watch state machine settles instead. `CHOKIDAR_USEPOLLING` is honoured by chokidar itself.
 */
export const nodeWatcher: Watcher = {
  async watch(root, ignored, { onHint, onDegraded }) {
    const watcher = watch(root, {
      ignoreInitial: true,
      atomic: false,
      alwaysStat: false,
      ignored: (path) => {
        const inside = projectPath(relative(root, path));
        return inside !== undefined && ignored(inside);
      },
    });
    watcher.on('all', (_event, path) => {
      const inside = projectPath(relative(root, path));
      if (inside !== undefined) onHint(inside);
    });
    // Without a listener the process would die of it.
    watcher.on('error', (error) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      onDegraded(code === 'ENOSPC' || code === 'EMFILE' ? 'too-many-watches' : 'watch-error', String(error));
    });
    await new Promise<void>((resolve) => {
      watcher.once('ready', resolve);
    });
    return { close: () => watcher.close() };
  },
};
