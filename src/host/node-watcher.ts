import { statfsSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { projectPath } from '../model/ids.ts';
import type { Watcher, WatchHandlers } from './ports.ts';

/** After chokidar's own event, which takes it a look at the disk. */
const lateMs = 150;

/** Whose files others can change without the kernel hearing of it, by the number that `statfs` has for them. */
const remoteFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x01021997, '9p'],
  [0x65735546, 'fuse'],
  [0x5346414f, 'afs'],
  [0x00c36400, 'ceph'],
  [0x786f4256, 'vboxsf'],
]);

/**
 * chokidar, with every event it has: each is a hint to look at a path and none is believed. Its own settling
 * (`awaitWriteFinish`, 2 s) and `atomic` (removals 100 ms late) would stand between a save and the compiler; the
 * watch state machine settles instead. `CHOKIDAR_USEPOLLING` is honoured by chokidar itself.
 */
export const nodeWatcher: Watcher = {
  async watch(root, ignored, handlers) {
    const { onHint, onDoubt, onDegraded } = handlers;
    const watcher = watch(root, {
      ignoreInitial: true,
      atomic: false,
      alwaysStat: false,
      ignored: (path) => {
        const inside = projectPath(relative(root, path));
        return inside !== undefined && (ignored(inside) || isRoundAgain(root, inside));
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
        // The root itself was moved away, or removed.
        if (path === root) onDoubt();
        else hint(path);
      }, lateMs);
      late.set(path, timer);
    });
    const failed = new Promise<void>((resolve) => {
      // Without a listener the process would die of it.
      watcher.on('error', (error) => {
        const code = error instanceof Error && 'code' in error ? String(error.code) : '';
        onDegraded(code === 'ENOSPC' || code === 'EMFILE' ? 'too-many-watches' : 'watch-error', String(error));
        resolve();
      });
    });
    const identities = watchIdentities(watcher);
    sayWhereEventsAreNotToBeHad(root, watcher, onDegraded);
    // Stopped, and let go on: what happened meanwhile may have been more than the kernel keeps.
    process.on('SIGCONT', onDoubt);
    const ready = new Promise<void>((resolve) => {
      watcher.once('ready', resolve);
    });
    // A directory that cannot be read is never ready.
    await Promise.race([ready, failed]);
    for (const directory of Object.keys(watcher.getWatched())) identities.add(directory);
    return {
      unwatched: (directories) =>
        [...directories].filter((directory) => {
          const path = join(root, directory);
          const identity = identityOf(path);
          return identity !== undefined && identity !== identities.of(path);
        }),
      async close() {
        process.off('SIGCONT', onDoubt);
        for (const timer of late.values()) clearTimeout(timer);
        await watcher.close();
      },
    };
  },
};

/**
 * Whether a path has come by a directory a second time: a link to a directory above it leads in there without end, and two
 * links in twice as many ways at each step. Whoever goes in circles comes by a name again.
 */
export function isRoundAgain(root: string, path: string): boolean {
  const names = path.split('/');
  const earlier = names.flatMap((name, i) => (i < names.length - 1 && name === names.at(-1) ? [i + 1] : []));
  if (earlier.length === 0) return false;
  const identity = identityOf(join(root, path));
  return identity !== undefined && earlier.some((end) => identityOf(join(root, ...names.slice(0, end))) === identity);
}

/** What the directories that chokidar watches were when it began: of another that takes such a one's place it hears nothing. */
function watchIdentities(watcher: FSWatcher) {
  const identities = new Map<string, string | undefined>();
  const add = (directory: string): void => void identities.set(directory, identityOf(directory));
  watcher.on('addDir', add);
  watcher.on('unlinkDir', (directory) => identities.delete(directory));
  return { add, of: (directory: string) => identities.get(directory) };
}

/** Undefined where there is no directory. */
function identityOf(directory: string): string | undefined {
  try {
    const stats = statSync(directory, { bigint: true, throwIfNoEntry: false });
    return stats?.isDirectory() === true ? `${stats.dev} ${stats.ino}` : undefined;
  } catch {
    return undefined;
  }
}

function sayWhereEventsAreNotToBeHad(root: string, watcher: FSWatcher, onDegraded: WatchHandlers['onDegraded']): void {
  if (watcher.options.usePolling) {
    onDegraded('polling', 'CHOKIDAR_USEPOLLING');
    return;
  }
  const remote = remoteFileSystems.get(statfsSync(root).type);
  if (remote !== undefined) onDegraded('no-events', remote);
}
