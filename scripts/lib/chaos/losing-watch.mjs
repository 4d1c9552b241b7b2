/**
 * `makenix watch` whose watcher loses hints: all of it is makenix as it is, compiled file by file, but for what stands
 * between it and the file system's events.
 *
 *     node losing-watch.mjs PERCENT SEED ARGUMENT…
 *
 * A path that is lost is lost for a while, as are all the events of one save. Of the closing edit, nothing is lost.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from '../prepare.mjs';
import { seeded } from './random.mjs';
import { closingFile } from './workplace.mjs';

/** Longer than the last event comes after the first: the watcher passes renames on a second time. */
const whileMs = 400;

const load = (/** @type {string} */ file) => import(pathToFileURL(join(repository, 'dist', file)).href);
const [percent = '0', seed = '0', ...args] = process.argv.slice(2);
const random = seeded(Number(seed));
const { nodeWatcher } = /** @type {typeof import('../../../src/host/node-watcher.ts')} */ (
  await load('host/node-watcher.js')
);
const { main } = /** @type {typeof import('../../../src/cli/main.ts')} */ (await load('cli/main.js'));

const watch = nodeWatcher.watch.bind(nodeWatcher);
const last = /** @type {Map<string, { isLost: boolean, at: number }>} */ (new Map());
/** @type {typeof watch} */
nodeWatcher.watch = (root, ignored, handlers) =>
  watch(root, ignored, {
    ...handlers,
    onHint(path) {
      const now = performance.now();
      const before = last.get(path);
      const isSame = before !== undefined && now - before.at < whileMs;
      const isLost = path !== closingFile && (isSame ? before.isLost : random.chance(Number(percent) / 100));
      last.set(path, { isLost, at: now });
      process.stderr.write(`${Date.now()} ${isLost ? 'lost hint' : 'hint'}: ${JSON.stringify(path)}\n`);
      if (!isLost) handlers.onHint(path);
    },
  });

process.exitCode = await main(args);
