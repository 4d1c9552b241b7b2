import { basename, join, relative } from 'node:path';
import { watch } from 'chokidar';
import { projectPath } from '../model/ids.ts';
import type { Watcher } from './ports.ts';

/** After chokidar's own event, which takes it a look at the disk. */
const lateMs = 150;

/**
 * chokidar, with every event it has: each is a hint to look at a path and none is believed. Its own settling
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
    const hint = (path: string): void => {
      const inside = projectPath(relative(root, path));
      if (inside !== undefined) onHint(inside);
    };
    watcher.on('all', (_event, path) => {
      hint(path);
    });
    // chokidar reads a new directory before it watches it. Of a file made in between it does not know, and so says
    // nothing when that file goes, although it is told. It also keeps to itself what leaves the time of the last change as
    // it was, if somebody has read the file since: that it may now be executed. Not at once: what it does say comes with a
    // second look.
    const late = new Map<string, NodeJS.Timeout>();
    watcher.on('raw', (_event, name, details) => {
      const { watchedPath } = details as { readonly watchedPath?: string };
      if (watchedPath === undefined) return;
      // A file's own watch calls it by its name, as that of a directory does what is in it.
      const path = basename(watchedPath) === name ? watchedPath : join(watchedPath, name);
      clearTimeout(late.get(path));
      const timer = setTimeout(() => {
        late.delete(path);
        hint(path);
      }, lateMs);
      late.set(path, timer);
    });
    // Without a listener the process would die of it.
    watcher.on('error', (error) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      onDegraded(code === 'ENOSPC' || code === 'EMFILE' ? 'too-many-watches' : 'watch-error', String(error));
    });
    await new Promise<void>((resolve) => {
      watcher.once('ready', resolve);
    });
    return {
      async close() {
        for (const timer of late.values()) clearTimeout(timer);
        await watcher.close();
      },
    };
  },
};
