/**
 * Loaded into makenix (`node --import`): on SIGUSR2, collects garbage and leaves the bytes of the heap that are in use in the
 * file that $MAKENIX_SOAK_HEAP names. Not before: memory that is to be measured must be as it is without us.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const file = process.env.MAKENIX_SOAK_HEAP;
if (file !== undefined) {
  process.on('SIGUSR2', () => {
    setFlagsFromString('--expose-gc');
    const collect = /** @type {() => void} */ (runInNewContext('gc'));
    collect();
    // What was held by a callback that is over by now.
    setImmediate(() => {
      collect();
      writeFileSync(`${file}~`, String(process.memoryUsage().heapUsed));
      renameSync(`${file}~`, file);
    });
  });
}
